import { assert, describe, it } from "@effect/vitest"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import * as Effect from "effect/Effect"
import { build } from "esbuild"
import { spawn } from "node:child_process"
import { join } from "node:path"
import { random } from "./support/Random.ts"
import { temporaryFolder } from "./support/TemporaryFolder.ts"

const SECONDS = Number(process.env["KILL_SECONDS"] ?? 4)
const packages = join(import.meta.dirname, "..", "..")

/** The writer as one file that Node runs, made of the sources. */
const bundle = (folder: string) =>
  Effect.promise(async () => {
    const outfile = join(folder, "writer.mjs")
    await build({
      entryPoints: [join(import.meta.dirname, "support", "KillChild.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      plugins: [{
        name: "sources",
        setup: (builder) =>
          builder.onResolve({ filter: /^@keystead\// }, ({ path }) => {
            const [, name = "", ...rest] = path.split("/")
            return { path: `${join(packages, name, "src", ...rest)}.ts` }
          })
      }]
    })
    return outfile
  })

interface Told {
  readonly begun: Set<number>
  readonly done: Set<number>
  readonly others: Array<string>
}

/** Runs a writer again and again, and kills it each time after a moment. */
const keepKilling = async (script: string, directory: string, name: string, told: Told, next: () => number) => {
  const end = performance.now() + SECONDS * 1000
  let kills = 0
  while (performance.now() < end) {
    const from = Math.max(-1, ...told.begun) + 1
    const child = spawn(process.execPath, [script, directory, name, String(from)], {
      stdio: ["ignore", "pipe", "pipe"]
    })
    const ended = new Promise<string>((resolve) => {
      let text = ""
      child.stdout.on("data", (data: Buffer) => void (text += data.toString()))
      child.stderr.on("data", (data: Buffer) => void told.others.push(data.toString()))
      child.on("close", () => resolve(text))
      // It lives for a while from its first commit on, however slow the machine starts it.
      child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), 20 + 250 * next()))
    })
    for (const line of (await ended).split("\n").slice(0, -1)) {
      const [word, number] = line.split(" ")
      if (word === "begin") told.begun.add(Number(number))
      else if (word === "done") told.done.add(Number(number))
      else told.others.push(line)
    }
    kills += 1
  }
  return kills
}

describe("writers that are killed at random", () => {
  it.live(
    "lose nothing that was acknowledged, leave nothing by half, and keep nobody out",
    () =>
      Effect.gen(function*() {
        const folder = yield* temporaryFolder
        const [script, directory] = [yield* bundle(folder), join(folder, "store")]
        const writers = ["one", "two", "three"].map((name): readonly [string, Told] => [name, {
          begun: new Set(),
          done: new Set(),
          others: []
        }])
        const kills = yield* Effect.promise(() =>
          Promise.all(writers.map(([name, told], index) => keepKilling(script, directory, name, told, random(index))))
        )
        assert.isAbove(Math.min(...kills), 3)

        const storage = yield* FilesystemStorage.make({ directory })
        let [least, most] = [0, 0]
        for (const [name, { begun, done, others }] of writers) {
          assert.deepStrictEqual(others, [])
          assert.isAbove(done.size, 5)
          const log = yield* storage.scan({ prefix: `log/${name}/`, limit: 100_000 })
          const there = new Set(log.map(({ id }) => Number(id.split("/")[2])))
          for (const number of done) assert.isTrue(there.has(number), `${name} ${number}`)
          for (const number of there) assert.isTrue(begun.has(number), `${name} ${number}`)
          const pair = yield* storage.read([`pair/${name}/a`, `pair/${name}/b`])
          const last = Math.max(...there)
          assert.deepStrictEqual([...pair.values()].map(({ value }) => value), [last, last])
          least += there.size
          most += begun.size
        }
        const counter = (yield* storage.read(["counter"])).get("counter")?.value
        assert.strictEqual(counter, least)
        assert.isAtMost(least, most)
      }),
    (SECONDS + 30) * 1000
  )
})
