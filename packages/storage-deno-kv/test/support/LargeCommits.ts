/** Commits that take several atomic operations, over several handles at once, and what a reader sees meanwhile. */
import type { StorageError } from "@keystead/core/Errors"
import type { Change, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { deepStrictEqual, strictEqual } from "node:assert/strict"

const ids = Array.from({ length: 700 }, (_, index) => `many/${index}`)
const everything = { prefix: "many/", limit: 1000 }
const rounds = 4

/** Puts the same letter into all records, one of which is long. */
const lettered = (value: string): ReadonlyArray<Change> =>
  ids.map((id, index) => ({ _tag: "Put", id, value: index === 0 ? value.repeat(40_000) : value }))

const letters = (records: Iterable<{ readonly value: unknown }>): number =>
  new Set(Array.from(records, ({ value }) => String(value)[0])).size

/** Raises a counter in the same commit, so that none is lost. */
const write = (storage: Storage["Service"], value: string): Effect.Effect<void, StorageError> =>
  Effect.gen(function*() {
    const counter = (yield* storage.read(["counter"])).get("counter")
    const raised: Change = {
      _tag: "Put",
      id: "counter",
      value: Number(counter?.value ?? 0) + 1,
      expected: counter?.version ?? null
    }
    yield* Effect.catchTag(storage.commit([...lettered(value), raised]), "CommitConflict", () => write(storage, value))
  })

/** A small commit between the large ones, which shows what came before it. */
const writeSmall = (storage: Storage["Service"], index: number) =>
  storage.commit([{ _tag: "Put", id: `small/${index}`, value: index }])

/** Fails if a reader ever sees half a commit, or one is lost. */
export const largeCommits = (
  open: Effect.Effect<Storage["Service"], StorageError, Scope.Scope>
): Effect.Effect<void, unknown, Scope.Scope> =>
  Effect.gen(function*() {
    const [one, two, three] = [yield* open, yield* open, yield* open]
    yield* write(one, "0")
    let busy = 3
    const writer = (storage: Storage["Service"], names: string) =>
      Effect.gen(function*() {
        for (const name of names) yield* write(storage, name)
        busy -= 1
      })
    const small = Effect.gen(function*() {
      for (let index = 0; index < 4 * rounds; index++) yield* writeSmall(three, index)
      busy -= 1
    })
    const reader = Effect.gen(function*() {
      while (busy > 0) {
        const scanned = yield* three.scan(everything)
        const read = yield* three.read(ids)
        strictEqual(scanned.length, ids.length)
        deepStrictEqual([letters(scanned), letters(read.values())], [1, 1])
      }
    })
    yield* Effect.all([writer(one, "abcd"), writer(two, "efgh"), small, reader], { concurrency: "unbounded" })
    strictEqual((yield* three.read(["counter"])).get("counter")?.value, 1 + 2 * rounds)
    strictEqual((yield* three.scan({ prefix: "small/", limit: 100 })).length, 4 * rounds)
  })
