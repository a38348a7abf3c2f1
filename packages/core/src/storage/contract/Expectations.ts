/** Puts, removes and checks: what they expect, and that a commit is all or nothing. */
import * as Effect from "effect/Effect"
import type { Version } from "../Storage.ts"
import { check, commit, ensure, ensureEqual, ensureValue, holds, put, refused, remove, versionOf } from "./Check.ts"

export const expectationChecks = [
  check("an empty store has no records", (storage) =>
    Effect.gen(function*() {
      yield* ensureEqual((yield* storage.read(["a", "b/c"])).size, 0, "Records read")
      yield* ensureEqual(yield* storage.scan({ prefix: "", limit: 10 }), [], "Records listed")
      yield* commit(storage)
    })),

  check("put, remove and check without a record", (storage) =>
    Effect.gen(function*() {
      yield* refused(storage, ["a"], put("a", 1, "1"))
      yield* refused(storage, ["a"], remove("a", "1"))
      yield* refused(storage, ["a"], holds("a", "1"))
      yield* commit(storage, remove("a"))
      yield* commit(storage, remove("a", null))
      yield* commit(storage, holds("a", null))
      yield* ensureValue(storage, "a", undefined)
      yield* commit(storage, put("a", 1, null))
      yield* ensureValue(storage, "a", 1)
    })),

  check("put, remove and check with a record", (storage) =>
    Effect.gen(function*() {
      yield* commit(storage, put("a", 1))
      const first = yield* versionOf(storage, "a")
      yield* refused(storage, ["a"], put("a", 2, null))
      yield* refused(storage, ["a"], remove("a", null))
      yield* refused(storage, ["a"], holds("a", null))
      yield* commit(storage, holds("a", first))
      yield* ensureEqual(yield* versionOf(storage, "a"), first, "The version after a check")
      yield* commit(storage, put("a", 2, first))
      yield* refused(storage, ["a"], put("a", 3, first))
      yield* refused(storage, ["a"], remove("a", first))
      yield* refused(storage, ["a"], holds("a", first))
      yield* ensureValue(storage, "a", 2)
      yield* commit(storage, put("a", 4))
      yield* ensureValue(storage, "a", 4)
      yield* commit(storage, remove("a", yield* versionOf(storage, "a")))
      yield* ensureValue(storage, "a", undefined)
    })),

  check(
    "a failing expectation changes nothing, and names every id that was not as expected",
    (storage) =>
      Effect.gen(function*() {
        yield* commit(storage, put("a", 1), put("b", 1), put("c", 1))
        const before = yield* storage.scan({ prefix: "", limit: 10 })
        const stale = yield* versionOf(storage, "a")
        yield* refused(storage, ["d"], put("a", 2, stale), remove("b"), put("e", 2), holds("d", stale))
        yield* refused(
          storage,
          ["a", "c", "e"],
          put("a", 2, null),
          put("b", 2),
          remove("c", "?"),
          put("d", 2, null),
          holds("e", "?")
        )
        yield* ensureEqual(yield* storage.scan({ prefix: "", limit: 10 }), before, "Records after refused commits")
      })
  ),

  check(
    "a version never comes twice, not even when the record is removed and made again",
    (storage) =>
      Effect.gen(function*() {
        const seen = new Set<Version>()
        for (let round = 0; round < 20; round++) {
          yield* commit(storage, put("a", "the same"))
          const version = yield* versionOf(storage, "a")
          yield* ensure(!seen.has(version), `The version ${version} came twice`)
          seen.add(version)
          if (round % 3 === 0) yield* commit(storage, remove("a"))
          if (round % 4 === 0) yield* commit(storage, put("other", round))
        }
      })
  ),

  check("what was removed and made again is another record", (storage) =>
    Effect.gen(function*() {
      yield* commit(storage, put("a", 1))
      const old = yield* versionOf(storage, "a")
      yield* commit(storage, remove("a"))
      yield* commit(storage, put("a", 1))
      yield* refused(storage, ["a"], put("a", 2, old))
    }))
]
