import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import {
  magnitude,
  MalformedDer,
  only,
  reader,
  tags,
  type Value,
  value,
  wholeOctets,
  write
} from "../../src/crypto/Der.ts"
import { hex } from "../support/Kinds.ts"

const refuses = (read: () => unknown): void => {
  assert.throws(read, MalformedDer)
}

describe("DER", () => {
  it("reads what it wrote, and no more and no less of it", () => {
    const contents = fc.oneof(
      fc.uint8Array({ maxLength: 10 }),
      fc.constantFrom(127, 128, 255, 256, 65_535, 65_536, 70_000).map((length) => new Uint8Array(length).fill(length))
    )
    fc.assert(fc.property(fc.array(contents, { maxLength: 4 }), fc.nat(), (parts, cut) => {
      const octets = parts.map((part) => value(tags.octetString, part))
      const bytes = write(value(tags.sequence, ...octets))
      const all = reader(only(tags.sequence, bytes))
      for (const part of parts) assert.deepStrictEqual(all.next(tags.octetString), part)
      assert.isUndefined(all.optional(tags.octetString))
      all.end()
      refuses(() => only(tags.sequence, bytes.subarray(0, cut % bytes.length)))
      refuses(() => only(tags.sequence, Uint8Array.of(...bytes.subarray(0, 300), 0)))
      refuses(() => only(tags.integer, bytes))
    }))
  })

  it("writes lengths as X.690 does (8.1.3)", () => {
    const header = (length: number) => Buffer.from(write(value(4, new Uint8Array(length)))).toString("hex", 0, 5)
    assert.strictEqual(header(3), "0403000000")
    assert.strictEqual(header(127), "047f000000")
    assert.strictEqual(header(128), "0481800000")
    assert.strictEqual(header(256), "0482010000")
    assert.strictEqual(header(65_536), "0483010000")
    const nested: Value = value(0x30, value(0x02, Uint8Array.of(5)), Uint8Array.of(0x05, 0x00))
    assert.deepStrictEqual(write(nested), hex("3005 020105 0500"))
  })

  it("refuses lengths in more octets than it takes, of no definite length, and beyond the end", () => {
    for (
      const text of ["", "04", "0481", "048100", "04817f", "0482007f", "048200ff", "0480", "0480 0000", "0401", "04ff"]
    ) {
      refuses(() => only(tags.octetString, hex(text)))
    }
    refuses(() => only(tags.octetString, hex("04 84 00000001 00")))
    refuses(() => only(tags.octetString, Uint8Array.of(0x04, 0x81, 0x01, 0x00)))
    assert.throws(() => only(tags.octetString, Uint8Array.of(0x04, 0x81, 0x7f, ...new Uint8Array(127))), MalformedDer)
    assert.throws(() => only(4, Uint8Array.of(4, 0x82, 0, 0xff, ...new Uint8Array(255))), MalformedDer)
  })

  it("takes whole octets of a BIT STRING only, and magnitudes without superfluous zeros", () => {
    assert.deepStrictEqual(wholeOctets(hex("00 ab")), hex("ab"))
    for (const text of ["", "01 ab", "07 80"]) refuses(() => wholeOctets(hex(text)))
    assert.deepStrictEqual(magnitude(hex("00")), hex("00"))
    assert.deepStrictEqual(magnitude(hex("7f")), hex("7f"))
    assert.deepStrictEqual(magnitude(hex("0080")), hex("80"))
    for (const text of ["", "80", "ff01", "007f", "0000"]) refuses(() => magnitude(hex(text)))
  })
})
