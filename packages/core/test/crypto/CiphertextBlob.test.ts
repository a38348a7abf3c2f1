import { assert, describe, it } from "@effect/vitest"
import * as CiphertextBlob from "@keystead/core/crypto/CiphertextBlob"
import * as fc from "fast-check"

const hexDigits = (length: number) =>
  fc.uint8Array({ minLength: length / 2, maxLength: length / 2 }).map((bytes) => Buffer.from(bytes).toString("hex"))

const account = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }).map((digits) =>
  digits.join("")
)
const keyId = fc.oneof(fc.uuid(), hexDigits(32).map((digits) => `mrk-${digits}`))
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const parts = fc.record({
  account,
  keyId,
  materialId: hexDigits(64),
  salt: bytes(16),
  commitment: bytes(32),
  sealed: fc.uint8Array({ minLength: 16, maxLength: 60 })
})

type Parts = typeof parts extends fc.Arbitrary<infer A> ? A : never

const blobOf = ({ account, commitment, keyId, materialId, salt, sealed }: Parts): Uint8Array =>
  Buffer.concat([CiphertextBlob.prefix({ account, keyId, region: "eu-west-1" }, materialId), salt, commitment, sealed])

const plain = (bytes: Uint8Array) => Uint8Array.from(bytes)

describe("a ciphertext blob", () => {
  it("is taken apart into what it was put together from", () => {
    fc.assert(fc.property(parts, (made) => {
      const blob = blobOf(made)
      const parsed = CiphertextBlob.parse(blob)
      assert(parsed !== undefined)
      const { commitment, header, salt, sealed, ...names } = parsed
      assert.deepStrictEqual(names, { account: made.account, keyId: made.keyId, materialId: made.materialId })
      assert.deepStrictEqual([salt, commitment, sealed].map(plain), [made.salt, made.commitment, made.sealed])
      assert.deepStrictEqual(plain(header), Uint8Array.from(blob.subarray(0, blob.length - made.sealed.length)))
    }))
  })

  it("has a tag at least, and nothing cut from it is one", () => {
    fc.assert(fc.property(parts, fc.nat(), (made, cut) => {
      const blob = blobOf({ ...made, sealed: made.sealed.subarray(0, 16) })
      assert.isDefined(CiphertextBlob.parse(blob))
      assert.isUndefined(CiphertextBlob.parse(blob.subarray(0, cut % blob.length)))
    }))
  })

  it("names a key: a reference of another form, length or version is none", () => {
    const made: Parts = {
      account: "111122223333",
      keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
      materialId: "0".repeat(64),
      salt: new Uint8Array(16),
      commitment: new Uint8Array(32),
      sealed: new Uint8Array(16)
    }
    assert.isDefined(CiphertextBlob.parse(blobOf(made)))
    for (const version of [0, 3, 255]) {
      const other = blobOf(made)
      other[0] = version
      assert.isUndefined(CiphertextBlob.parse(other))
    }
    const references = [
      { account: "11112222333" },
      { account: "1111222233334" },
      { account: "11112222333a" },
      { account: "١١١١٢٢٢٢٣٣٣٣" },
      { account: "" },
      { keyId: "" },
      { keyId: "A" },
      { keyId: "a/b" },
      { keyId: "a\n" },
      { keyId: "../x" },
      { keyId: "ä" }
    ]
    for (const reference of references) {
      assert.isUndefined(CiphertextBlob.parse(blobOf({ ...made, ...reference })), JSON.stringify(reference))
    }
    const notText = blobOf(made)
    notText[5] = 0xff
    assert.isUndefined(CiphertextBlob.parse(notText))
    assert.isUndefined(CiphertextBlob.parse(new Uint8Array()))
    assert.isUndefined(CiphertextBlob.parse(Uint8Array.of(1)))
  })

  it("never throws, whatever the bytes", () => {
    const shaped = fc.tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 400, size: "max" }))
      .map(([version, length, rest]) => Uint8Array.of(version & 1, length, ...rest))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400, size: "max" }), shaped), (bytes) => {
        const parsed = CiphertextBlob.parse(bytes)
        if (parsed !== undefined) assert.strictEqual(parsed.header.length + parsed.sealed.length, bytes.length)
      }),
      { numRuns: 2000 }
    )
  })

  it("is read from a view into other bytes as from bytes of its own", () => {
    fc.assert(fc.property(parts, fc.nat(20), (made, offset) => {
      const blob = blobOf(made)
      const shared = new Uint8Array(blob.length + 40).fill(0xaa)
      shared.set(blob, offset)
      const parsed = CiphertextBlob.parse(shared.subarray(offset, offset + blob.length))
      assert(parsed !== undefined)
      assert.deepStrictEqual(plain(parsed.sealed), made.sealed)
      assert.strictEqual(parsed.keyId, made.keyId)
    }))
  })
})
