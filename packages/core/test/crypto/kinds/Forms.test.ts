/** The forms of PKCS#8 that keys are read from, and those that are refused. */
import { assert, describe, it } from "@effect/vitest"
import { only, reader, tags, type Value, value, write } from "@keystead/core/crypto/Der"
import type { KeyKind, Secret } from "@keystead/core/crypto/KeyKind"
import { readPrivate, readPublic } from "@keystead/core/crypto/kinds/KeyInfo"
import { p256, p384, p521 } from "@noble/curves/nist.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import { createPrivateKey } from "node:crypto"
import { flipped, generate, has, hex, kindOf, nobleKinds, read } from "../../support/Kinds.ts"

/** A key taken apart. */
interface Parts {
  readonly kind: KeyKind
  readonly secret: Secret
  readonly algorithm: Uint8Array
  readonly privateKey: Uint8Array
  readonly publicKey: Uint8Array
}

const partsOf = (keySpec: string): Parts => {
  const kind = kindOf(nobleKinds, keySpec)
  const secret = generate(kind)
  const algorithm = reader(only(tags.sequence, has(secret.publicKey))).next(tags.sequence)
  const { privateKey } = readPrivate(algorithm, secret.bytes)
  return { kind, secret, algorithm, privateKey, publicKey: readPublic(algorithm, has(secret.publicKey)) }
}

const version = (number: number): Value => value(tags.integer, Uint8Array.of(number))
const bits = (octets: Uint8Array): ReadonlyArray<Uint8Array> => [Uint8Array.of(0), octets]

/** PKCS#8 of these values after the version and the algorithm. */
const keyInfo = (number: number, algorithm: Uint8Array, ...rest: ReadonlyArray<Value>): Uint8Array =>
  write(value(tags.sequence, version(number), value(tags.sequence, algorithm), ...rest))

const friendlyName = hex("301106092a864886f70d010914310414026869")

describe.each(nobleKinds.filter(({ keySpec }) => !keySpec.startsWith("HMAC")).map(({ keySpec }) => keySpec))(
  "PKCS#8 of %s",
  (keySpec) => {
    const { algorithm, kind, privateKey, publicKey, secret } = partsOf(keySpec)
    const octets = value(tags.octetString, privateKey)
    const attributes = value(0xa0, friendlyName)
    const stated = (key: Uint8Array) => value(0x81, ...bits(key))

    it("may have attributes, and in version 2 the public key", () => {
      for (
        const bytes of [
          keyInfo(0, algorithm, octets),
          keyInfo(1, algorithm, octets),
          keyInfo(0, algorithm, octets, attributes),
          keyInfo(1, algorithm, octets, stated(publicKey)),
          keyInfo(1, algorithm, octets, attributes, stated(publicKey))
        ]
      ) assert.deepStrictEqual(read(kind, bytes), secret)
    })

    it("has nothing else, nothing twice, and no public key of another", () => {
      for (
        const bytes of [
          keyInfo(2, algorithm, octets),
          keyInfo(0, algorithm, octets, stated(publicKey)),
          keyInfo(1, algorithm, octets, stated(publicKey), attributes),
          keyInfo(1, algorithm, octets, stated(publicKey), stated(publicKey)),
          keyInfo(1, algorithm, octets, stated(flipped(publicKey, 100))),
          keyInfo(1, algorithm, octets, value(0x81, Uint8Array.of(1), publicKey)),
          keyInfo(0, algorithm, octets, value(tags.null)),
          keyInfo(0, algorithm),
          keyInfo(0, Uint8Array.of(...algorithm, 0x05, 0x00), octets),
          write(value(tags.sequence, value(tags.integer, hex("0000")), value(tags.sequence, algorithm), octets))
        ]
      ) assert.isUndefined(read(kind, bytes))
    })
  }
)

describe.each(
  [
    ["ECC_NIST_P256", p256],
    ["ECC_NIST_P384", p384],
    ["ECC_NIST_P521", p521],
    ["ECC_SECG_P256K1", secp256k1]
  ] as const
)("ECPrivateKey of %s", (keySpec, ecdsa) => {
  const { algorithm, kind, privateKey, publicKey, secret } = partsOf(keySpec)
  const inner = reader(only(tags.sequence, privateKey))
  inner.next(tags.integer)
  const scalar = inner.next(tags.octetString)
  const name = reader(algorithm.subarray(9)).next(tags.objectIdentifier)
  const reads = (...contents: ReadonlyArray<Value>) =>
    read(kind, keyInfo(0, algorithm, value(tags.octetString, value(tags.sequence, ...contents))))
  const key = value(tags.octetString, scalar)
  const parameters = (name: Uint8Array) => value(0xa0, value(tags.objectIdentifier, name))
  const stated = (point: Uint8Array) => value(0xa1, value(tags.bitString, ...bits(point)))
  const bigEndian = (number: bigint) => hex(number.toString(16).padStart(scalar.length * 2, "0"))

  it("may name its curve again and state its public key, compressed too, or not", () => {
    const compressed = ecdsa.Point.fromBytes(publicKey).toBytes(true)
    assert.deepStrictEqual(reads(version(1), key), secret)
    assert.deepStrictEqual(reads(version(1), key, parameters(name)), secret)
    assert.deepStrictEqual(reads(version(1), key, stated(compressed)), secret)
    assert.deepStrictEqual(reads(version(1), key, parameters(name), stated(publicKey)), secret)
  })

  it("has a scalar between 0 and the order, in as many bytes as the order", () => {
    const order = ecdsa.Point.Fn.ORDER
    for (const good of [1n, order - 1n]) {
      assert.isDefined(reads(version(1), value(tags.octetString, bigEndian(good))))
    }
    for (const bad of [0n, order, order + 1n]) {
      assert.isUndefined(reads(version(1), value(tags.octetString, bigEndian(bad))))
    }
    assert.isUndefined(reads(version(1), value(tags.octetString, Uint8Array.of(0, ...scalar))))
    assert.isUndefined(reads(version(1), value(tags.octetString, bigEndian(1n).subarray(1))))
  })

  it("names no other curve, states no other public key, and has nothing else", () => {
    const other = hex("2a8648ce3d030101")
    assert.isUndefined(reads(version(0), key))
    assert.isUndefined(reads(version(2), key))
    assert.isUndefined(reads(version(1), key, parameters(other)))
    assert.isUndefined(reads(version(1), key, stated(ecdsa.Point.BASE.toBytes(false))))
    assert.isUndefined(reads(version(1), key, stated(flipped(publicKey, 77))))
    assert.isUndefined(reads(version(1), key, stated(publicKey), parameters(name)))
    assert.isUndefined(reads(version(1), key, value(tags.null)))
    assert.isUndefined(reads(key))
  })
})

describe.each(nobleKinds.filter(({ keySpec }) => keySpec.startsWith("ML_")).map(({ keySpec }) => keySpec))(
  "the choice of private keys of %s",
  (keySpec) => {
    const { algorithm, kind, privateKey, secret } = partsOf(keySpec)
    const seed = only(0x80, privateKey)
    const reads = (choice: Value) => read(kind, keyInfo(0, algorithm, value(tags.octetString, choice)))
    // OpenSSL writes both, when nothing else is asked.
    const opened = createPrivateKey({ key: Buffer.from(secret.bytes), format: "der", type: "pkcs8" })
    const written = Uint8Array.from(opened.export({ format: "der", type: "pkcs8" }))
    const both = reader(only(tags.sequence, readPrivate(algorithm, written).privateKey))
    const [again, expanded] = [both.next(tags.octetString), both.next(tags.octetString)]
    const octets = (bytes: Uint8Array) => value(tags.octetString, bytes)

    it("is the seed, or both if they belong together", () => {
      assert.deepStrictEqual(again, seed)
      assert.deepStrictEqual(reads(value(0x80, seed)), secret)
      assert.deepStrictEqual(reads(value(tags.sequence, octets(seed), octets(expanded))), secret)
    })

    it("is no expanded key alone, no two that differ, and no seed of another length", () => {
      assert.isUndefined(reads(octets(expanded)))
      assert.isUndefined(reads(octets(seed)))
      for (const at of [0, 4000, expanded.length * 8 - 1]) {
        assert.isUndefined(reads(value(tags.sequence, octets(seed), octets(flipped(expanded, at)))))
      }
      assert.isUndefined(reads(value(tags.sequence, octets(flipped(seed, 3)), octets(expanded))))
      assert.isUndefined(reads(value(tags.sequence, octets(seed))))
      assert.isUndefined(reads(value(tags.sequence, octets(seed), octets(expanded), octets(seed))))
      assert.isUndefined(reads(value(0x80, seed.subarray(1))))
      assert.isUndefined(reads(value(0x80, Uint8Array.of(...seed, 0))))
    })
  }
)

describe("the private key of ECC_NIST_EDWARDS25519", () => {
  const { algorithm, kind, privateKey, secret } = partsOf("ECC_NIST_EDWARDS25519")
  const seed = only(tags.octetString, privateKey)
  const reads = (...choice: ReadonlyArray<Value | Uint8Array>) =>
    read(kind, keyInfo(0, algorithm, value(tags.octetString, ...choice)))

  it("is an OCTET STRING of 32 bytes in the OCTET STRING (RFC 8410)", () => {
    assert.deepStrictEqual(reads(value(tags.octetString, seed)), secret)
    for (const bad of [seed.subarray(1), Uint8Array.of(...seed, 0), new Uint8Array(0)]) {
      assert.isUndefined(reads(value(tags.octetString, bad)))
    }
    assert.isUndefined(reads(seed))
    assert.isUndefined(reads(value(tags.octetString, seed), value(tags.null)))
  })
})
