import { assert, describe, it } from "@effect/vitest"
import * as EncryptionContext from "@keystead/core/domain/EncryptionContext"
import * as Result from "effect/Result"
import * as fc from "fast-check"

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("", "__proto__", "constructor", "\uffff", "\u{10000}", "\u{10ffff}", "\ue000")
)
const context = fc.array(fc.tuple(text, text), { maxLength: 8 }).map((pairs) => Object.fromEntries(pairs))

const serialize = (given: EncryptionContext.EncryptionContext | undefined) =>
  Result.getOrThrow(EncryptionContext.serialize(given))

/** The specification's words, with Buffer. */
const expected = (given: EncryptionContext.EncryptionContext): Buffer => {
  const pairs = Object.entries(given).map(([key, value]) => [Buffer.from(key), Buffer.from(value)] as const)
  if (pairs.length === 0) return Buffer.alloc(0)
  const field = (bytes: Buffer) => Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes])
  return Buffer.concat([
    Buffer.of(0, pairs.length),
    ...pairs.toSorted(([one], [other]) => Buffer.compare(one, other)).flatMap((
      [key, value]
    ) => [field(key), field(value)])
  ])
}

const same = (one: EncryptionContext.EncryptionContext, other: EncryptionContext.EncryptionContext) =>
  Buffer.compare(expected(one), expected(other)) === 0

describe("the canonical encryption context", () => {
  it("is count, lengths and UTF-8, sorted by the keys' bytes", () => {
    fc.assert(fc.property(context, (given) => {
      assert.deepStrictEqual(serialize(given), Uint8Array.from(expected(given)))
      assert.deepStrictEqual(serialize(Object.fromEntries(Object.entries(given).toReversed())), serialize(given))
    }))
    assert.deepStrictEqual(serialize(undefined), new Uint8Array())
    assert.deepStrictEqual(serialize({}), new Uint8Array())
  })

  it("is another for another context", () => {
    fc.assert(fc.property(context, context, (one, other) => {
      assert.strictEqual(Buffer.compare(serialize(one), serialize(other)) === 0, same(one, other))
    }))
    // Where keys and values are only joined, these are one.
    assert.notDeepEqual(serialize({ ab: "c" }), serialize({ a: "bc" }))
    assert.notDeepEqual(serialize({ a: "b", c: "d" }), serialize({ a: "bcd" }))
  })

  it("is read again, in whatever order it was written", () => {
    fc.assert(fc.property(context, (given) => {
      const parsed = EncryptionContext.parse(serialize(given))
      assert(parsed !== undefined)
      assert.isTrue(same(parsed, given))
    }))
  })

  it("has at most 8,192 bytes", () => {
    const message = "1 validation error detected: Value at 'encryptionContext' failed to satisfy constraint: "
      + "Member must have a serialized length less than or equal to 8192 bytes"
    fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: -3, max: 3 }), (pairs, beyond) => {
      const rest = 8192 + beyond - 2 - pairs * 6
      const given = Object.fromEntries(
        Array.from({ length: pairs }, (_, index) => [
          String(index).padStart(2, "0"),
          "v".repeat(Math.floor(rest / pairs) + (index < rest % pairs ? 1 : 0))
        ])
      )
      const result = EncryptionContext.serialize(given)
      assert.strictEqual(Result.isSuccess(result), beyond <= 0)
      if (Result.isSuccess(result)) assert.strictEqual(result.success.length, 8192 + beyond)
      else assert.deepStrictEqual([result.failure._tag, result.failure.message], ["ValidationException", message])
    }))
    // A text counts in bytes, not in characters.
    assert.isTrue(Result.isFailure(EncryptionContext.serialize({ a: "é".repeat(4096) })))
  })

  it("that is none is not read, and nothing throws", () => {
    const field = (text: string) => [0, text.length, ...Buffer.from(text)]
    const wrongs = [
      [0],
      [0, 0],
      [0, 1],
      [0, 1, ...field("a")],
      [0, 1, ...field("a"), 0],
      [0, 1, ...field("a"), 0, 2, 98],
      [0, 1, ...field("a"), ...field("b"), 0],
      [0, 2, ...field("a"), ...field("b")],
      [0, 2, ...field("a"), ...field("b"), ...field("a"), ...field("c")],
      [0, 1, 0, 1, 0xff, ...field("b")],
      [0, 1, ...field("a"), 0, 1, 0x80],
      [255, 255, ...field("a"), ...field("b")]
    ]
    for (const wrong of wrongs) assert.isUndefined(EncryptionContext.parse(Uint8Array.from(wrong)), String(wrong))
    assert.deepStrictEqual(EncryptionContext.parse(new Uint8Array()), {})
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const parsed = EncryptionContext.parse(bytes)
        if (parsed !== undefined) assert.strictEqual(serialize(parsed).length, bytes.length)
      }),
      { numRuns: 2000 }
    )
  })
})
