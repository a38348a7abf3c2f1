import { assert, describe, it } from "@effect/vitest"
import * as NodeSqlite from "@keystead/storage-sql/NodeSqlite"
import { bundle } from "@keystead/testbed/Bundle"
import { killSeconds, killWriters, wrongAfter } from "@keystead/testbed/Killing"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

describe("writers that are killed at random", () => {
  it.live(
    "lose nothing that was acknowledged, leave nothing by half, and keep nobody out",
    () =>
      Effect.gen(function*() {
        const folder = yield* temporaryFolder
        const [script, file] = [join(folder, "writer.mjs"), join(folder, "store.sqlite")]
        const child = join(import.meta.dirname, "support/KillChild.ts")
        writeFileSync(script, yield* Effect.promise(() => bundle(child, "node")))
        const writers = yield* Effect.promise(() =>
          killWriters((name, from) => [process.execPath, [script, file, name, String(from)]])
        )
        const storage = yield* NodeSqlite.make({ file })
        const left = yield* storage.scan({ prefix: "", limit: 1_000_000 })
        assert.deepStrictEqual(wrongAfter(writers, new Map(left.map(({ id, value }) => [id, value]))), [])
      }),
    (killSeconds + 120) * 1000
  )
})
