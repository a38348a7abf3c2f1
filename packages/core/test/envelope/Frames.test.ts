import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import * as Frames from "../../src/envelope/Frames.ts"
import { pattern } from "./Support.ts"

const kinds = fc.constantFrom<Frames.Kind>("regular", "final")
const sequences = fc.integer({ min: 1, max: Frames.maxRegularFrames })
const lengths = fc.integer({ min: 1, max: 0xffff_ffff })

const prefixOf = (kind: Frames.Kind, sequence: number, length: number): Uint8Array => {
  const layout = Frames.layoutFor(kind, length)
  const prefix = new Uint8Array(layout.prefixLength).fill(0xaa)
  Frames.putPrefix(new DataView(prefix.buffer), 0, sequence, layout)
  return prefix
}

describe("a frame's prefix", () => {
  it("is read as it was written, whatever was in its place before", () => {
    fc.assert(fc.property(kinds, sequences, lengths, (kind, sequence, length) => {
      const prefix = prefixOf(kind, sequence, length)
      const layout = Frames.layoutFor(kind, length)
      assert.deepStrictEqual(Frames.layoutOf(prefix, sequence, length), layout)
      assert.deepStrictEqual(Frames.nonceOf(prefix, layout), Frames.frameData(pattern(32)).nonce(sequence))
    }))
  })

  it("tells nothing until enough of it is there", () => {
    for (let length = 0; length < 8; length++) {
      assert.isUndefined(Frames.layoutOf(prefixOf("regular", 1, 9).subarray(0, length), 1, 9))
    }
    for (let length = 0; length < Frames.finalPrefixLength; length++) {
      assert.isUndefined(Frames.layoutOf(prefixOf("final", 1, 9).subarray(0, length), 1, 9))
    }
  })

  it("is refused with another number, or with more than a frame may have", () => {
    fc.assert(fc.property(kinds, sequences, (kind, sequence) => {
      assert.isString(Frames.layoutOf(prefixOf(kind, sequence, 9), sequence === 1 ? 2 : sequence - 1, 9))
    }))
    assert.isString(Frames.layoutOf(prefixOf("final", 1, 10), 1, 9))
    assert.isNotString(Frames.layoutOf(prefixOf("final", 1, 9), 1, 9))
  })

  it("has a number that is never the final frame's mark", () => {
    assert.strictEqual(Frames.maxRegularFrames, Frames.finalMark - 1)
    assert.isObject(Frames.layoutOf(prefixOf("final", Frames.finalMark, 0), Frames.finalMark, 9))
  })
})

describe("a frame's additional data", () => {
  it("is the message's id, the kind in words, the number and the length", () => {
    const data = Frames.frameData(pattern(32))
    const expected = (words: string, numbers: ReadonlyArray<number>) =>
      Uint8Array.of(...pattern(32), ...Buffer.from(words), ...numbers)
    assert.deepStrictEqual(
      data.associated("regular", 0x01020304, 0x0a0b0c0d),
      expected("AWSKMSEncryptionClient Frame", [1, 2, 3, 4, 0, 0, 0, 0, 10, 11, 12, 13])
    )
    assert.deepStrictEqual(
      data.associated("final", 7, 0),
      expected("AWSKMSEncryptionClient Final Frame", [0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0])
    )
  })
})
