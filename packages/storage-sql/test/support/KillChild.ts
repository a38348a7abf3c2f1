/**
 * A writer that is killed: it commits without end, and tells what it is about to commit and what was acknowledged. Each
 * commit of number n puts n into two records, makes one of its own, and raises a counter that all writers share.
 */
import type { Change, Storage } from "@keystead/core/storage/Storage"
import * as NodeSqlite from "@keystead/storage-sql/NodeSqlite"
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"

const [, , file = "", name = "", first = "0"] = process.argv
const tell = (word: string, number: number) => Effect.sync(() => writeSync(1, `${word} ${number}\n`))

const step = (storage: Storage["Service"], number: number): Effect.Effect<void, unknown> =>
  Effect.gen(function*() {
    const found = yield* storage.read(["counter", `pair/${name}/a`, `pair/${name}/b`])
    const [a, b] = [found.get(`pair/${name}/a`)?.value, found.get(`pair/${name}/b`)?.value]
    if (a !== b) yield* tell("half", number)
    const counter = found.get("counter")
    const changes: ReadonlyArray<Change> = [
      { _tag: "Put", id: "counter", value: Number(counter?.value ?? 0) + 1, expected: counter?.version ?? null },
      { _tag: "Put", id: `pair/${name}/a`, value: number },
      { _tag: "Put", id: `pair/${name}/b`, value: number },
      { _tag: "Put", id: `log/${name}/${number}`, value: "x".repeat(number % 500), expected: null }
    ]
    yield* Effect.catchTag(storage.commit(changes), "CommitConflict", () => step(storage, number))
  })

const program = Effect.gen(function*() {
  const storage = yield* NodeSqlite.make({ file })
  for (let number = Number(first);; number++) {
    yield* tell("begin", number)
    yield* step(storage, number)
    yield* tell("done", number)
  }
})

Effect.runPromise(Effect.scoped(program)).catch((cause) => {
  writeSync(2, String(cause))
  process.exit(1)
})
