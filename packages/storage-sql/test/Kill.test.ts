import { assert, describe, it } from "@effect/vitest"
import * as NodeSqlite from "@keystead/storage-sql/NodeSqlite"
import { bundle } from "@keystead/testbed/Bundle"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

const SECONDS = Number(process.env["KILL_SECONDS"] ?? 4)

interface Told {
  readonly begun: Set<number>
  readonly done: Set<number>
  readonly others: Array<string>
}

/** Runs a writer again and again, and kills it each time after a moment. */
const keepKilling = async (script: string, file: string, name: string, told: Told) => {
  const end = performance.now() + SECONDS * 1000
  for (let kills = 0;; kills++) {
    if (performance.now() >= end) return kills
    const from = Math.max(-1, ...told.begun) + 1
    const child = spawn(process.execPath, [script, file, name, String(from)], { stdio: ["ignore", "pipe", "pipe"] })
    const text = await new Promise<string>((resolve) => {
      let heard = ""
      child.stdout.on("data", (data: Buffer) => void (heard += data.toString()))
      child.stderr.on("data", (data: Buffer) => void told.others.push(data.toString()))
      child.on("close", () => resolve(heard))
      // It lives for a while from its first commit on, however slow the machine starts it.
      child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), 20 + (kills * 97) % 250))
    })
    for (const line of text.split("\n").slice(0, -1)) {
      const [word, number] = line.split(" ")
      if (word === "begin") told.begun.add(Number(number))
      else if (word === "done") told.done.add(Number(number))
      else told.others.push(line)
    }
  }
}

describe("writers that are killed at random", () => {
  it.live(
    "lose nothing that was acknowledged, leave nothing by half, and keep nobody out",
    () =>
      Effect.gen(function*() {
        const folder = yield* temporaryFolder
        const [script, file] = [join(folder, "writer.mjs"), join(folder, "store.sqlite")]
        writeFileSync(
          script,
          yield* Effect.promise(() => bundle(join(import.meta.dirname, "support/KillChild.ts"), "node"))
        )
        const writers = ["one", "two", "three"].map((name): readonly [string, Told] => [
          name,
          { begun: new Set(), done: new Set(), others: [] }
        ])
        const kills = yield* Effect.promise(() =>
          Promise.all(writers.map(([name, told]) => keepKilling(script, file, name, told)))
        )
        assert.isAbove(Math.min(...kills), 3)

        const storage = yield* NodeSqlite.make({ file })
        let there = 0
        for (const [name, { begun, done, others }] of writers) {
          assert.deepStrictEqual(others, [])
          assert.isAbove(done.size, 5)
          const log = yield* storage.scan({ prefix: `log/${name}/`, limit: 1_000_000 })
          const numbers = new Set(log.map(({ id }) => Number(id.split("/")[2])))
          for (const number of done) assert.isTrue(numbers.has(number), `${name} ${number}`)
          for (const number of numbers) assert.isTrue(begun.has(number), `${name} ${number}`)
          const pair = yield* storage.read([`pair/${name}/a`, `pair/${name}/b`])
          const last = Math.max(...numbers)
          assert.deepStrictEqual([...pair.values()].map(({ value }) => value), [last, last])
          there += numbers.size
        }
        assert.strictEqual((yield* storage.read(["counter"])).get("counter")?.value, there)
      }),
    (SECONDS + 30) * 1000
  )
})
