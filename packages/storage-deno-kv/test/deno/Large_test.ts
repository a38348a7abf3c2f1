/** Commits that take several atomic operations, over several handles at once. */
import type { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { strictEqual } from "node:assert/strict"
import { newFile, open } from "./Support.ts"

const ids = Array.from({ length: 700 }, (_, index) => `many/${index}`)
const everything = { prefix: "", limit: 1000 }

const write = (storage: Storage["Service"], value: string) =>
  storage.commit(ids.map((id, index) => ({ _tag: "Put", id, value: index === 0 ? value.repeat(40_000) : value })))

/** How many different values a page shows: two if it shows half a commit. */
const values = (records: Iterable<{ readonly value: unknown }>): number =>
  new Set(Array.from(records, ({ value }) => String(value)[0])).size

const program = Effect.gen(function*() {
  const file = newFile()
  const [one, two, three] = [yield* open(file), yield* open(file), yield* open(file)]
  yield* write(one, "0")
  let busy = 2
  const writer = (storage: Storage["Service"], names: string) =>
    Effect.gen(function*() {
      for (const name of names) yield* write(storage, name)
      busy -= 1
    })
  const reader = Effect.gen(function*() {
    while (busy > 0) {
      const scanned = yield* three.scan(everything)
      const read = yield* three.read(ids)
      strictEqual(scanned.length, ids.length)
      strictEqual(values(scanned), 1)
      strictEqual(values(read.values()), 1)
    }
  })
  yield* Effect.all([writer(one, "abcd"), writer(two, "efgh"), reader], { concurrency: "unbounded" })
})

Deno.test("large commits over several handles are seen as a whole or not at all", () =>
  Effect.runPromise(Effect.scoped(program)))
