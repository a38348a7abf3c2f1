import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import { frozenCopy, isAcceptableId, MAX_DEPTH } from "@keystead/core/storage/Acceptable"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import type { Change, Json } from "@keystead/core/storage/Storage"
import { CommitConflict } from "@keystead/core/storage/Storage"
import * as Result from "effect/Result"
import * as fc from "fast-check"

const done = (store: KeyStore.KeyStore, ...changes: ReadonlyArray<Change>) =>
  Result.getOrThrow(KeyStore.commit(store, changes))
const refusal = (...changes: ReadonlyArray<Change>) => {
  const result = KeyStore.commit(KeyStore.empty, changes)
  assert.isTrue(Result.isFailure(result))
  return Result.isFailure(result) ? result.failure : undefined
}
const put = (id: string, value: Json, expected?: string | null): Change =>
  expected === undefined ? { _tag: "Put", id, value } : { _tag: "Put", id, value, expected }
const nested = (depth: number): unknown => depth === 0 ? 1 : [nested(depth - 1)]
const record = (store: KeyStore.KeyStore, id: string) => KeyStore.read(store, [id]).get(id)

describe("KeyStore", () => {
  it("leaves the older store as it was", () => {
    const one = done(KeyStore.empty, put("a", 1), put("b", 2))
    const two = done(one, put("a", 3), { _tag: "Remove", id: "b" })
    assert.deepStrictEqual(record(one, "a"), { id: "a", version: "1", value: 1 })
    assert.deepStrictEqual(record(one, "b"), { id: "b", version: "1", value: 2 })
    assert.deepStrictEqual(record(two, "a"), { id: "a", version: "2", value: 3 })
    assert.isUndefined(record(two, "b"))
  })

  it("names every id that was not as expected, and only those", () => {
    const store = done(KeyStore.empty, put("a", 1), put("b", 2))
    const result = KeyStore.commit(store, [
      put("a", 0, "1"),
      put("b", 0, null),
      put("c", 0),
      { _tag: "Check", id: "d", expected: "1" },
      { _tag: "Check", id: "e", expected: null },
      { _tag: "Remove", id: "f", expected: null }
    ])
    assert.deepStrictEqual(Result.isFailure(result) && result.failure, new CommitConflict({ ids: ["b", "d"] }))
  })

  it("gives the identical object until the record is written again", () => {
    const store = done(KeyStore.empty, put("a", { deep: [1] }))
    const later = done(store, put("b", 1))
    assert.strictEqual(record(store, "a"), record(later, "a"))
    assert.strictEqual(KeyStore.scan(later, { prefix: "a", limit: 1 })[0], record(store, "a"))
  })

  it("counts no commit that changed nothing", () => {
    const store = done(KeyStore.empty, put("a", 1))
    assert.strictEqual(done(store, { _tag: "Check", id: "a", expected: "1" }, { _tag: "Remove", id: "b" }), store)
  })

  it("keeps what was put from whoever put or read it", () => {
    const given = { list: [{ deep: "as it was" }] }
    const store = done(KeyStore.empty, put("a", given))
    given.list[0] = { deep: "changed" }
    given.list.push({ deep: "more" })
    const value = record(store, "a")?.value
    assert.deepStrictEqual(value, { list: [{ deep: "as it was" }] })
    const frozen = (part: unknown): boolean =>
      typeof part !== "object" || part === null || Object.isFrozen(part) && Object.values(part).every(frozen)
    assert.isTrue(frozen(record(store, "a")))
  })

  it("takes every JSON value and gives it back", () => {
    const json = fc.jsonValue({ stringUnit: "grapheme", maxDepth: 5 })
    fc.assert(fc.property(json, (given) => {
      const value = record(done(KeyStore.empty, put("a", given as Json)), "a")?.value
      assert.strictEqual(JSON.stringify(value), JSON.stringify(given))
    }))
    const hostile: Json = JSON.parse(`{"__proto__":{"x":1},"constructor":2,"toString":null}`)
    assert.strictEqual(JSON.stringify(frozenCopy(hostile)), JSON.stringify(hostile))
    assert.isTrue(Object.is(frozenCopy(-0), 0))
    assert.isDefined(frozenCopy(nested(MAX_DEPTH)))
  })

  it.each<[string, unknown]>([
    ["undefined", undefined],
    ["a member without a value", { a: undefined }],
    ["NaN", Number.NaN],
    ["infinity", [Number.POSITIVE_INFINITY]],
    ["a bigint", 1n],
    ["a function", () => 0],
    ["a symbol", Symbol("s")],
    ["a date", new Date(0)],
    ["bytes", new Uint8Array(1)],
    ["a hole", new Array(1)],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a member's name", { "\udc00": 1 }],
    ["one level too many", nested(MAX_DEPTH + 1)]
  ])("refuses %s as a value", (_, value) => {
    const error = refusal(put("fine", 1), put("a", value as Json))
    assert.instanceOf(error, StorageError)
    assert.include(error, { reason: "Unacceptable", place: "a" })
  })

  it("takes ids of 1 to 1,024 bytes of well-formed Unicode", () => {
    for (const id of ["a", "a".repeat(1024), "é".repeat(512), "€".repeat(341), "😀".repeat(256), "../..", "\0"]) {
      assert.isTrue(isAcceptableId(id), id)
      assert.strictEqual(record(done(KeyStore.empty, put(id, 1)), id)?.id, id)
    }
    for (
      const id of [
        "",
        "a".repeat(1025),
        "é".repeat(513),
        "€".repeat(342),
        `${"😀".repeat(256)}a`,
        "\ud800",
        "a\udc00",
        "\ude00\ud83d"
      ]
    ) {
      assert.isFalse(isAcceptableId(id), id)
      assert.include(refusal({ _tag: "Remove", id }), { reason: "Unacceptable" })
    }
  })

  it("counts the bytes of ids as UTF-8 does", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 400, size: "max" }), (id) => {
      const bytes = Buffer.from(id).length
      assert.strictEqual(isAcceptableId(id), bytes >= 1 && bytes <= 1024)
    }))
  })

  it("refuses a commit that names an id twice", () => {
    assert.include(refusal(put("a", 1), { _tag: "Check", id: "a", expected: null }), {
      reason: "Unacceptable",
      place: "a"
    })
  })
})
