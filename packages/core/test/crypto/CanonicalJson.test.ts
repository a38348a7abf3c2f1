import { assert, describe, it } from "@effect/vitest"
import { canonicalJson } from "@keystead/core/crypto/CanonicalJson"
import type { Json } from "@keystead/core/storage/Storage"
import * as fc from "fast-check"
import { isDeepStrictEqual } from "node:util"

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json)

/** The same value with the members of every object in another order. */
const reversed = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).toReversed().map(([name, member]) => [name, reversed(member)]))
}

describe("canonical JSON", () => {
  it("is JSON of the same value, the same whatever the order of members, and without white space", () => {
    fc.assert(fc.property(json, (value) => {
      const text = canonicalJson(value)
      assert.deepStrictEqual(JSON.parse(text), value)
      assert.strictEqual(canonicalJson(reversed(value)), text)
      assert.strictEqual(canonicalJson(JSON.parse(text)), text)
    }))
  })

  it("tells different values apart", () => {
    fc.assert(fc.property(json, json, (one, other) => {
      assert.strictEqual(canonicalJson(one) === canonicalJson(other), isDeepStrictEqual(one, other))
    }))
    const pairs: ReadonlyArray<readonly [Json, Json]> = [
      [{ a: "b" }, { b: "a" }],
      [[1, 2], [2, 1]],
      [[[1], 2], [[1, 2]]],
      ["1", 1],
      [null, "null"],
      [{}, []],
      [{ a: 1 }, { a: 1, b: null }]
    ]
    for (const [one, other] of pairs) assert.notStrictEqual(canonicalJson(one), canonicalJson(other))
  })

  it("sorts names by their UTF-16 code units, as RFC 8785 has it", () => {
    // The example of RFC 8785 section 3.2.3.
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis"
    }
    assert.deepStrictEqual(
      [...canonicalJson(value).matchAll(/:"([^"]*)"/g)].map(([, text]) => text),
      [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh"
      ]
    )
    assert.strictEqual(canonicalJson({ b: [{ d: 1, c: 2 }], a: "x" }), `{"a":"x","b":[{"c":2,"d":1}]}`)
    assert.strictEqual(canonicalJson(JSON.parse(`{"__proto__":1,"a":2}`)), `{"__proto__":1,"a":2}`)
  })
})
