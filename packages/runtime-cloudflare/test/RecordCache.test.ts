import { assert, describe, it } from "@effect/vitest"
import { Storage } from "@keystead/core/storage/Storage"
import { cached, Served } from "@keystead/runtime-cloudflare/RecordCache"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import fc from "fast-check"

const age = 100

/** What happens: time passes, somebody else writes, we write, or we read. */
const step = fc.oneof(
  fc.record({ does: fc.constant("wait" as const), millis: fc.constantFrom(1, 30, age / 2, age - 1, age) }),
  fc.record({ does: fc.constantFrom("elsewhere" as const, "here" as const, "refused" as const), id: fc.nat(3) }),
  fc.record({ does: fc.constantFrom("read" as const, "scan" as const), id: fc.nat(3) })
)

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

interface Written {
  readonly value: number
  readonly at: number
}

const put = (id: string, value: number, expected?: string) =>
  ({ _tag: "Put", id, value, ...(expected === undefined ? {} : { expected }) }) as const

const open = Effect.flatMap(Storage, (storage) =>
  Effect.sync(() => {
    let reads = 0
    const counted = Storage.of({
      ...storage,
      read: (ids) => Effect.tap(storage.read(ids), () => Effect.sync(() => reads++)),
      scan: (range) => Effect.tap(storage.scan(range), () => Effect.sync(() => reads++))
    })
    return { storage, cache: cached(counted, { records: 3, age }), reads: () => reads }
  })).pipe(Effect.provide(MemoryStorage.layer))

const kept = <A, E>(call: Effect.Effect<A, E>) => Effect.suspend(() => Effect.provideService(call, Served, new Set()))

const holds = (steps: ReadonlyArray<Step>) =>
  Effect.gen(function*() {
    const { cache, storage } = yield* open
    const history = new Map<string, Array<Written>>()
    const own = new Map<string, number>()
    let [now, count] = [0, 0]
    for (const step of steps) {
      if (step.does === "wait") {
        yield* TestClock.adjust(step.millis)
        now += step.millis
        continue
      }
      const id = `r/${step.id}`
      const written = history.get(id) ?? []
      if (step.does === "elsewhere" || step.does === "here") {
        yield* (step.does === "here" ? cache : storage).commit([put(id, ++count)])
        history.set(id, [...written, { value: count, at: now }])
        if (step.does === "here") own.set(id, count)
        continue
      }
      if (step.does === "refused") {
        // A commit that meets a conflict has seen what is there.
        yield* Effect.flip(cache.commit([put(id, 0, "none")]))
        own.set(id, written.at(-1)?.value ?? 0)
        continue
      }
      const found = step.does === "read"
        ? (yield* kept(cache.read([id]))).get(id)
        : (yield* kept(cache.scan({ prefix: "r/", limit: 10 }))).find((record) => record.id === id)
      const value = Number(found?.value ?? 0)
      const next = written.find((later) => later.value > value)
      // What was read was there until the next was written, which is not longer ago than it may be.
      assert.isTrue(next === undefined || now - next.at < age, `stale by ${now - (next?.at ?? 0)}`)
      assert.isAtLeast(value, own.get(id) ?? 0)
    }
  })

describe("what a Worker keeps of its records", () => {
  it.effect("is never older than it may be, nor than what this Worker wrote or met", () =>
    Effect.gen(function*() {
      const run = Effect.runPromiseWith(yield* Effect.context())
      yield* Effect.promise(() =>
        fc.assert(
          fc.asyncProperty(
            fc.array(step, { maxLength: 40 }),
            (steps) => run(Effect.provide(holds(steps), TestClock.layer()))
          ),
          { numRuns: 150 }
        )
      )
    }))

  it.effect("forgets a page when one of its records is written, whatever it comes after", () =>
    Effect.gen(function*() {
      const { cache } = yield* open
      for (const id of ["r/a b", "r/c d"]) yield* cache.commit([put(id, 1)])
      const page = kept(Effect.map(cache.scan({ prefix: "r/", after: "r/a b", limit: 9 }), ([first]) => first?.value))
      assert.strictEqual(yield* page, 1)
      yield* cache.commit([put("r/c d", 2)])
      assert.strictEqual(yield* page, 2)
    }))

  it.effect("lasts for its age to the millisecond", () =>
    Effect.gen(function*() {
      const { cache, storage } = yield* open
      const value = kept(Effect.map(cache.read(["r/0"]), (found) => found.get("r/0")?.value))
      const listed = kept(Effect.map(cache.scan({ prefix: "r/", limit: 1 }), ([first]) => first?.value))
      yield* storage.commit([put("r/0", 1)])
      assert.deepStrictEqual([yield* value, yield* listed], [1, 1])
      yield* storage.commit([put("r/0", 2)])
      yield* TestClock.adjust(age - 1)
      assert.deepStrictEqual([yield* value, yield* listed], [1, 1])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual([yield* value, yield* listed], [2, 2])
    }))

  it.effect("saves the way to the object, within its bounds, and not for who reads through or asks twice", () =>
    Effect.gen(function*() {
      const { cache, reads, storage } = yield* open
      for (let i = 0; i < 5; i++) yield* storage.commit([put(`r/${i}`, i)])
      yield* kept(cache.read(["r/0"]))
      yield* kept(cache.read(["r/0"]))
      assert.strictEqual(reads(), 1)
      yield* cache.read(["r/0"])
      assert.strictEqual(reads(), 2)
      yield* kept(Effect.andThen(cache.read(["r/0"]), cache.read(["r/0"])))
      assert.strictEqual(reads(), 3)
      for (let i = 1; i < 5; i++) yield* kept(cache.read([`r/${i}`]))
      yield* kept(cache.read(["r/0"]))
      assert.strictEqual(reads(), 8)
      yield* kept(cache.read(["absent"]))
      yield* kept(cache.read(["absent"]))
      assert.strictEqual(reads(), 10)
    }))

  it.effect("is of pages no more records than of records", () =>
    Effect.gen(function*() {
      const { cache, reads, storage } = yield* open
      const pages = ["a/", "b/"].map((prefix) => kept(cache.scan({ prefix, limit: 10 })))
      for (const id of ["a/1", "a/2", "b/1", "b/2"]) yield* storage.commit([put(id, 1)])
      for (const page of pages) assert.lengthOf(yield* page, 2)
      // The second is there, and the first gave way to it.
      for (const page of pages.toReversed()) assert.lengthOf(yield* page, 2)
      assert.strictEqual(reads(), 3)
      yield* storage.commit([put("b/3", 1), put("b/4", 1)])
      yield* TestClock.adjust(age)
      for (const page of [pages[1], pages[1]]) assert.lengthOf(yield* page ?? Effect.succeed([]), 4)
      assert.strictEqual(reads(), 5)
    }))

  it.effect("is nothing if it may not be old at all", () =>
    Effect.gen(function*() {
      const { storage } = yield* open
      assert.strictEqual(cached(storage, { records: 10, age: 0 }), storage)
    }))
})
