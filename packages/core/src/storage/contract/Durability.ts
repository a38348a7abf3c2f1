/** What must be there when the store is opened again. */
import * as Effect from "effect/Effect"
import { type Check, commit, ensure, ensureEqual, find, pages, put, refused, remove, versionOf } from "./Check.ts"
import { HOSTILE_IDS, seeded } from "./Generator.ts"

const reopening: Check = {
  name: "everything is there when the store is opened again, in the same versions",
  run: (open) =>
    Effect.gen(function*() {
      const { below, json } = seeded(4)
      const before = yield* Effect.scoped(Effect.gen(function*() {
        const storage = yield* open
        yield* commit(storage, ...HOSTILE_IDS.map((id) => put(id, json())))
        for (let round = 0; round < 20; round++) {
          const id = `d/${below(10)}`
          yield* commit(storage, below(3) === 0 ? remove(id) : put(id, json()))
        }
        return yield* pages(storage, { prefix: "", limit: 1000 })
      }))
      const after = yield* Effect.scoped(Effect.flatMap(open, (storage) => pages(storage, { prefix: "", limit: 1000 })))
      yield* ensureEqual(after, before, "The records")
    })
}

const versions: Check = {
  name: "a version never comes twice, not even over reopenings",
  run: (open) =>
    Effect.gen(function*() {
      const seen = new Set<string>()
      for (let round = 0; round < 6; round++) {
        yield* Effect.scoped(Effect.gen(function*() {
          const storage = yield* open
          yield* commit(storage, put("a", 1))
          const version = yield* versionOf(storage, "a")
          yield* ensure(!seen.has(version), `The version ${version} came twice`)
          for (const old of seen) yield* refused(storage, ["a"], put("a", 2, old))
          seen.add(version)
          yield* commit(storage, remove("a", version))
        }))
      }
    })
}

const refusals: Check = {
  name: "a refused commit has left nothing when the store is opened again",
  run: (open) =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        const storage = yield* open
        yield* commit(storage, put("a", 1))
        yield* refused(storage, ["b"], put("a", 2), put("c", 2), put("b", 2, "?"))
      }))
      const storage = yield* open
      yield* ensureEqual((yield* find(storage, "a"))?.value, 1, "The record")
      yield* ensureEqual((yield* storage.scan({ prefix: "", limit: 10 })).length, 1, "The number of records")
    })
}

export const durabilityChecks: ReadonlyArray<Check> = [reopening, versions, refusals]
