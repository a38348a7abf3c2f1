import { assert, describe, it } from "@effect/vitest"
import { parametersOf, PART_LENGTH, partsOf } from "@keystead/storage-sql/Parts"
import * as fc from "fast-check"

describe("partsOf", () => {
  it("makes parts that are whole texts, short enough, and together the text", () =>
    fc.assert(
      fc.property(fc.nat(3), fc.integer({ min: -2, max: 2 }), fc.constantFrom("a", "é", "😀"), (times, more, unit) => {
        const length = Math.max(0, times * PART_LENGTH + more)
        const text = `${"x".repeat(length % 2)}${unit.repeat(Math.floor(length / unit.length))}`
        const parts = partsOf(text)
        assert.strictEqual(parts.join(""), text)
        for (const part of parts) {
          assert.isAtMost(part.length, PART_LENGTH)
          assert.isTrue(part.isWellFormed())
        }
        assert.strictEqual(parts.length > 1, text.length > PART_LENGTH)
      }),
      { numRuns: 60 }
    ))
})

describe("parametersOf", () => {
  it("keeps every item, in order, in few parameters that are short enough", () =>
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { maxLength: 12 }), (lengths) => {
        const items = lengths.map((length, index) => [index, "x".repeat(length)])
        const parameters = parametersOf(items)
        assert.deepStrictEqual(parameters.flatMap((text): unknown => JSON.parse(text)), items)
        for (const text of parameters) assert.isAtMost(text.length, 300_100)
        const most = 1 + Math.ceil(parameters.join("").length / 100_000)
        assert.isAtMost(parameters.length, most)
      }),
      { numRuns: 60 }
    ))

  it("is nothing for no items", () => assert.deepStrictEqual(parametersOf([]), []))
})
