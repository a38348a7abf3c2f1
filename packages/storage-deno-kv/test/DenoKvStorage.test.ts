import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import { contract } from "@keystead/core/storage/Contract"
import { type Change, type Json, Storage } from "@keystead/core/storage/Storage"
import * as DenoKvStorage from "@keystead/storage-deno-kv/DenoKvStorage"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { largeCommits } from "./support/LargeCommits.ts"
import { type Database, type Hooks, memoryKv, newDatabase } from "./support/MemoryKv.ts"

const put = (id: string, value: Json, expected?: string | null): Change =>
  expected === undefined ? { _tag: "Put", id, value } : { _tag: "Put", id, value, expected }
const open = (database: Database, hooks?: Hooks) => DenoKvStorage.make({ kv: memoryKv(database, hooks), place: "KV" })
const failure = <A, E>(run: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(run), (error) => {
    assert.instanceOf(error, StorageError)
    return error
  })
const everything = { prefix: "", limit: 100_000 }

describe("DenoKvStorage keeps the contract within the bounds of every Deno KV", () => {
  for (const { name, run } of contract({ durable: true })) {
    it.live(name, () => Effect.suspend(() => run(open(newDatabase()))))
  }
})

describe("A commit that is too large for one atomic operation", () => {
  const ids = Array.from(
    { length: 1500 },
    (_, index) => `key/111122223333/eu-west-1/${String(index).padStart(36, "0")}`
  )
  const large = ids.map((id, index) => put(id, index % 100 === 0 ? "é\"".repeat(60_000) : { index }))

  it.live("is done, long values and all, and leaves nothing behind but its records", () =>
    Effect.gen(function*() {
      const database = newDatabase()
      const storage = yield* open(database)
      yield* storage.commit(large)
      const found = yield* storage.read(ids)
      for (const change of large) {
        assert.deepStrictEqual(found.get(change.id)?.value, change._tag === "Put" ? change.value : undefined)
      }
      assert.deepStrictEqual(yield* storage.scan(everything), [...found.values()])
      yield* storage.commit(ids.map((id): Change => ({ _tag: "Remove", id, expected: found.get(id)?.version ?? null })))
      assert.deepStrictEqual([...database.entries.values()].map(({ key }) => key), [["keystead", "last"]])
    }))

  it.live("is seen as a whole or not at all, over several handles at once, and none is lost", () =>
    Effect.suspend(() => largeCommits(open(newDatabase()))))

  it.live("meets a conflict over the ids that are not as expected, however many expectations it has", () =>
    Effect.gen(function*() {
      const storage = yield* open(newDatabase())
      yield* storage.commit([put("a", 1), put("b", 1)])
      const changes = [put("a", 2, null), put("b", 2, "?"), ...ids.map((id) => put(id, 1, null))]
      const error = yield* Effect.flip(storage.commit(changes))
      assert.deepInclude(error, { _tag: "CommitConflict", ids: ["a", "b"] })
      assert.strictEqual((yield* storage.scan(everything)).length, 2)
    }))

  it.live("is refused above what can be staged, and leaves nothing", () =>
    Effect.gen(function*() {
      const database = newDatabase()
      const storage = yield* open(database)
      const { message, reason } = yield* failure(storage.commit([put("a", "x".repeat(15_000_000))]))
      assert.strictEqual(reason, "Unacceptable")
      assert.strictEqual(message, "KV does not take a commit of more than 14970000 characters.")
      assert.strictEqual(database.entries.size, 0)
    }))
})

/** Fails from the n-th atomic operation on, as if the process had been killed there: before it is done, or right after. */
const dying = (database: Database, at: number, done: boolean) => {
  let count = 0
  const die = (dies: boolean) => {
    if (dies) throw new Error("killed")
  }
  return open(database, {
    before: (operation) => die(count > at || (count === at && operation === "atomic" && !done)),
    after: () => die(count++ === at)
  })
}

describe("A process that is killed in a commit", () => {
  const before = Array.from(
    { length: 20 },
    (_, index) => put(`r/${index}`, `old ${index}${"x".repeat(40_000 * (index % 2))}`)
  )
  const after = Array.from(
    { length: 30 },
    (_, index) => put(`r/${index + 5}`, `new ${index}${"y".repeat(50_000 * (index % 3))}`)
  )
  const valueOf = (change: Change) => change._tag === "Put" ? change.value : undefined

  it.live("leaves all of it or nothing, wherever that was, and whoever comes next goes on", () =>
    Effect.gen(function*() {
      const outcomes = new Set<string>()
      for (const done of [false, true]) {
        for (let at = 0;; at++) {
          const database = newDatabase()
          yield* (yield* open(database)).commit(before)
          const died = yield* Effect.result(
            Effect.flatMap(dying(database, at, done), (storage) => storage.commit(after))
          )
          const storage = yield* open(database)
          const old = new Map(before.map((change) => [change.id, valueOf(change)]))
          const news = new Map([...old, ...after.map((change) => [change.id, valueOf(change)] as const)])
          const found = new Map((yield* storage.scan(everything)).map(({ id, value }) => [id, value]))
          const isNew = found.get("r/5") === news.get("r/5")
          assert.deepStrictEqual(found, new Map([...(isNew ? news : old)].toSorted(([a], [b]) => a < b ? -1 : 1)))
          outcomes.add(`${died._tag} ${isNew}`)
          yield* storage.commit([put("next", 1)])
          if (died._tag === "Success") break
        }
      }
      assert.deepStrictEqual(outcomes, new Set(["Failure false", "Failure true", "Success true"]))
    }))

  it.effect("leaves what it had staged, which is swept away a day later and not before", () =>
    Effect.gen(function*() {
      const database = newDatabase()
      yield* Effect.result(Effect.flatMap(dying(database, 0, true), (storage) => storage.commit(after)))
      const staged = () => [...database.entries.values()].filter(({ key }) => key[1] === "stage").length
      const left = staged()
      assert.isAbove(left, 1)
      yield* TestClock.adjust("24 hours")
      yield* open(database)
      assert.strictEqual(staged(), left)
      yield* TestClock.adjust("1 second")
      yield* open(database)
      assert.strictEqual(staged(), 0)
    }))
})

describe("DenoKvStorage", () => {
  it.effect("is a layer", () =>
    Effect.gen(function*() {
      const database = newDatabase()
      const stored = Effect.flatMap(Storage, (storage) => storage.commit([put("a", 1)]))
      yield* Effect.provide(stored, DenoKvStorage.layer({ kv: memoryKv(database) }))
      assert.strictEqual(database.entries.size, 2)
    }))

  it.live("asks again while the file is locked, and says what else is wrong", () =>
    Effect.gen(function*() {
      const database = newDatabase()
      let locked = 5
      const busy = yield* open(database, {
        before: () => {
          if (locked-- > 0) throw new TypeError("database is locked")
        }
      })
      yield* busy.commit([put("a", 1)])
      for (
        const [says, reason] of [
          ["database or disk is full", "Full"],
          ["attempt to write a readonly database", "ReadOnly"],
          ["file is not a database", "Corrupt"],
          ["Bad resource ID", "Unavailable"]
        ]
      ) {
        const error = yield* failure(open(database, {
          before: () => {
            throw new TypeError(says)
          }
        }))
        assert.strictEqual(error.reason, reason)
        assert.include(error.message, `TypeError: ${says}`)
      }
    }))

  it.live("gives no record that was changed to none, and leaves alone what a newer Keystead wrote", () =>
    Effect.gen(function*() {
      const database = newDatabase()
      const storage = yield* open(database)
      yield* storage.commit([put("short", 1), put("long", "x".repeat(100_000))])
      const kv = memoryKv(database)
      for (const value of ["{", 1, null, { parts: 9 }, { parts: -1 }]) {
        yield* Effect.promise(() => kv.atomic().set(["keystead", "record", "short"], value).commit())
        const { place, reason } = yield* failure(storage.read(["short"]))
        assert.deepStrictEqual([place, reason], ["short", "Corrupt"])
      }
      assert.strictEqual((yield* storage.read(["long"])).size, 1)
      yield* Effect.promise(() => kv.atomic().delete(["keystead", "part", "long", 2]).commit())
      assert.strictEqual((yield* failure(storage.read(["long"]))).reason, "Corrupt")
      yield* Effect.promise(() => kv.atomic().set(["keystead", "last"], 2).commit())
      assert.strictEqual((yield* failure(storage.read(["short"]))).reason, "Incompatible")
      assert.strictEqual((yield* failure(storage.commit([put("a", 1)]))).reason, "Incompatible")
      assert.strictEqual((yield* failure(open(database))).reason, "Incompatible")
    }))

  it.live("lists nothing where nothing can be, and does not guess what comes after no id", () =>
    Effect.gen(function*() {
      const storage = yield* open(newDatabase())
      yield* storage.commit([put("a", 1)])
      for (const prefix of ["\ud800", "x".repeat(1025)]) {
        assert.deepStrictEqual(yield* storage.scan({ prefix, limit: 1 }), [])
      }
      for (const after of ["\ud800", "a".repeat(1025)]) {
        assert.strictEqual((yield* failure(storage.scan({ prefix: "a", after, limit: 1 }))).reason, "Unacceptable")
      }
      assert.strictEqual((yield* failure(storage.commit([put("\u0000".repeat(1000), 1)]))).reason, "Unacceptable")
    }))
})
