/** Which ids and values a store takes, and that it gives back what it took. */
import * as Effect from "effect/Effect"
import { MAX_DEPTH } from "../Acceptable.ts"
import { type Change, compareIds, type Json, type Storage } from "../Storage.ts"
import { check, commit, ensure, ensureEqual, ensureValue, find, pages, put, refused, remove } from "./Check.ts"
import { HOSTILE_IDS, seeded } from "./Generator.ts"

const MEBIBYTE = 1_048_576

/** A commit that a store must refuse as "Unacceptable". */
const unacceptable = (storage: Storage["Service"], what: string, ...changes: ReadonlyArray<Change>) =>
  storage.commit(changes).pipe(
    Effect.flatMap(() => ensure(false, `A commit with ${what} succeeded`)),
    Effect.catchTag("StorageError", (error) => ensureEqual(error.reason, "Unacceptable", `The refusal of ${what}`)),
    Effect.catchTag("CommitConflict", () => ensure(false, `A commit with ${what} met a conflict`))
  )

const isFrozen = (value: unknown): boolean =>
  typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))

const nested = (depth: number): Json => depth === 0 ? 1 : [nested(depth - 1)]

export const valueChecks = [
  check("every JSON value comes back as it was put", (storage) =>
    Effect.gen(function*() {
      const { json } = seeded(1)
      const values = [...Array.from({ length: 200 }, () => json()), nested(MAX_DEPTH)]
      yield* commit(storage, ...values.map((value, index) => put(`v/${index}`, value)))
      for (const [index, value] of values.entries()) {
        const found = (yield* find(storage, `v/${index}`))?.value
        // As text, so that the order of members counts too.
        yield* ensureEqual(JSON.stringify(found), JSON.stringify(value), `The value of v/${index}`)
      }
    })),

  check("a stored value cannot be changed from outside", (storage) =>
    Effect.gen(function*() {
      const given = { list: [{ deep: 1 }] }
      yield* commit(storage, put("a", given))
      given.list[0] = { deep: 2 }
      yield* ensureValue(storage, "a", { list: [{ deep: 1 }] })
      const [record] = yield* storage.scan({ prefix: "", limit: 1 })
      yield* ensure(
        isFrozen(record?.value) && isFrozen((yield* find(storage, "a"))?.value),
        "A value that was read is not frozen"
      )
    })),

  check("hostile ids are names like any other", (storage) =>
    Effect.gen(function*() {
      const ids = [...new Set(HOSTILE_IDS)]
      yield* commit(storage, ...ids.map((id, index) => put(id, index)))
      const found = yield* storage.read(ids)
      for (const [index, id] of ids.entries()) {
        yield* ensureEqual(found.get(id)?.value, index, `The value of ${JSON.stringify(id)}`)
      }
      const listed = (yield* pages(storage, { prefix: "", limit: 7 })).map(({ id }) => id)
      yield* ensureEqual(listed, ids.toSorted(compareIds), "The ids in order")
      for (const [index, id] of ids.entries()) if (index % 2 === 0) yield* commit(storage, remove(id))
      for (const [index, id] of ids.entries()) yield* ensureValue(storage, id, index % 2 === 0 ? undefined : index)
      for (const [index, id] of ids.entries()) yield* commit(storage, put(id, -index))
      for (const [index, id] of ids.entries()) yield* ensureValue(storage, id, index === 0 ? 0 : -index)
    })),

  check("ids that no store takes are refused, and read as absent", (storage) =>
    Effect.gen(function*() {
      for (const id of ["", "x".repeat(1025), "é".repeat(513), "\ud800", "a\udfff"]) {
        yield* unacceptable(storage, `the id ${JSON.stringify(id)}`, put("fine", 1), put(id, 1))
        yield* unacceptable(storage, `the id ${JSON.stringify(id)}`, remove(id))
        yield* ensureEqual((yield* storage.read([id])).size, 0, "Records read")
      }
      yield* unacceptable(storage, "an id named twice", put("fine", 1), put("a", 1), remove("a"))
      yield* unacceptable(storage, "a value that is too deep", put("fine", 1), put("a", nested(MAX_DEPTH + 1)))
      yield* unacceptable(storage, "a number that is not finite", put("fine", 1), put("a", [Number.NaN]))
      yield* ensureValue(storage, "fine", undefined)
    })),

  check("a value of 1 MiB", (storage) =>
    Effect.gen(function*() {
      const value = { text: "é\"\\".repeat(MEBIBYTE / 3) }
      yield* commit(storage, put("large", value), put("small", 1))
      yield* ensureValue(storage, "large", value)
      yield* commit(storage, put("large", [value.text]))
      yield* ensureValue(storage, "large", [value.text])
      yield* ensureValue(storage, "small", 1)
    })),

  check("a commit of 1,000 changes, all or nothing", (storage) =>
    Effect.gen(function*() {
      const ids = Array.from({ length: 1000 }, (_, index) => `many/${index}`)
      yield* commit(storage, ...ids.map((id) => put(id, 1, null)))
      yield* refused(storage, ["many/999"], ...ids.map((id) => id === "many/999" ? put(id, 2, null) : put(id, 2)))
      const listed = yield* pages(storage, { prefix: "many/", limit: 300 })
      yield* ensureEqual(listed.map(({ value }) => value), ids.map(() => 1), "The values after a refused commit")
      yield* commit(storage, ...ids.map((id) => remove(id)))
      yield* ensureEqual((yield* storage.read(ids)).size, 0, "Records after their removal")
    }))
]
