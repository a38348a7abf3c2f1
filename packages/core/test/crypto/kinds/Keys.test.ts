/** What every kind of key has in common: how its keys are made, written, read and wiped. */
import { assert, describe, it } from "@effect/vitest"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import fc from "fast-check"
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto"
import { flipped, generate, has, kindOf, nobleKinds, read, run } from "../../support/Kinds.ts"

const asymmetric = nobleKinds.filter(({ usages }) => usages.GENERATE_VERIFY_MAC === undefined)

/** The kind's name in node:crypto: type, and the curve if it has one. */
const nodeTypes: Readonly<Record<string, readonly [string, string?]>> = {
  ECC_NIST_P256: ["ec", "prime256v1"],
  ECC_NIST_P384: ["ec", "secp384r1"],
  ECC_NIST_P521: ["ec", "secp521r1"],
  ECC_SECG_P256K1: ["ec", "secp256k1"],
  ECC_NIST_EDWARDS25519: ["ed25519"],
  ML_DSA_44: ["ml-dsa-44"],
  ML_DSA_65: ["ml-dsa-65"],
  ML_DSA_87: ["ml-dsa-87"],
  ML_KEM_512: ["ml-kem-512"],
  ML_KEM_768: ["ml-kem-768"],
  ML_KEM_1024: ["ml-kem-1024"]
}

const plain = (buffer: Buffer): Uint8Array => Uint8Array.from(buffer)
const pkcs8 = (key: KeyObject): Uint8Array => plain(key.export({ format: "der", type: "pkcs8" }))
const spki = (key: KeyObject): Uint8Array => plain(key.export({ format: "der", type: "spki" }))
const opened = (bytes: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" })

/** A key pair of the kind by OpenSSL. */
const byOpenSsl = ({ keySpec }: KeyKind): { readonly privateKey: KeyObject; readonly publicKey: KeyObject } => {
  const [type = "", namedCurve] = nodeTypes[keySpec] ?? []
  return Reflect.apply(generateKeyPairSync, undefined, [type, { namedCurve }])
}

describe.each(nobleKinds.map((kind) => [kind.keySpec, kind] as const))("keys of %s", (_keySpec, kind) => {
  it("come from the random source and nothing else", () => {
    assert.deepStrictEqual(generate(kind, "one"), generate(kind, "one"))
    assert.notDeepEqual(generate(kind, "one"), generate(kind, "other"))
  })

  it("are read as they were made, and not with a byte more or less", () => {
    const secret = generate(kind)
    assert.deepStrictEqual(read(kind, secret.bytes), secret)
    for (const length of [0, 1, 10, secret.bytes.length - 1]) {
      assert.isUndefined(read(kind, secret.bytes.subarray(0, length)))
    }
  })

  it("are read into memory of their own", () => {
    const { bytes } = generate(kind)
    const secret = has(read(kind, bytes))
    const copy = secret.bytes.slice()
    bytes.fill(0)
    assert.deepStrictEqual(secret.bytes, copy)
  })

  it("are ready for good, whatever becomes of the bytes, until they are wiped", () => {
    const { bytes } = generate(kind)
    const use = (bytes: Uint8Array, wipe: boolean): Exit.Exit<Uint8Array, unknown> => {
      const key = run(kind.prepare(bytes))
      bytes.fill(0)
      if (wipe) key.wipe()
      const message = new Uint8Array(32)
      const algorithm = kind.usages.SIGN_VERIFY?.[0] ?? ""
      if (key.mac) return run(Effect.exit(key.mac(message)))
      if (key.sign) return run(Effect.exit(key.sign({ algorithm, message, messageType: "RAW" })))
      const { ciphertext } = run(has(kind.encapsulate)(has(generate(kind).publicKey)))
      return run(Effect.exit(has(key.decapsulate)(ciphertext)))
    }
    const first = use(bytes.slice(), false)
    assert.isTrue(Exit.isSuccess(first))
    assert.deepStrictEqual(use(bytes.slice(), false), first)
    assert.notDeepEqual(use(bytes.slice(), true), first)
  })
})

describe.each(asymmetric.map((kind) => [kind.keySpec, kind] as const))("DER of %s", (_keySpec, kind) => {
  const secret = generate(kind)
  const publicKey = has(secret.publicKey)

  it("is what OpenSSL reads and writes", () => {
    const privateKey = opened(secret.bytes)
    assert.deepStrictEqual(spki(createPublicKey(privateKey)), publicKey)
    const again = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" })
    assert.deepStrictEqual(spki(again), publicKey)
    // OpenSSL writes seeds together with the expanded key, if nothing else is asked.
    if (!kind.keySpec.startsWith("ML_")) assert.deepStrictEqual(pkcs8(privateKey), secret.bytes)
    assert.deepStrictEqual(read(kind, pkcs8(privateKey)), secret)
  })

  it("is read as OpenSSL generates it", () => {
    const pair = byOpenSsl(kind)
    const secret = has(read(kind, pkcs8(pair.privateKey)))
    assert.deepStrictEqual(secret.publicKey, spki(pair.publicKey))
    assert.deepStrictEqual(spki(createPublicKey(opened(secret.bytes))), spki(pair.publicKey))
    for (const other of asymmetric.filter((other) => other !== kind)) {
      assert.isUndefined(read(other, pkcs8(pair.privateKey)), other.keySpec)
    }
  })

  it("is refused when anything is left over, and with any bit changed unless another key comes of it", () => {
    assert.isUndefined(read(kind, Uint8Array.of(...secret.bytes, 0)))
    const elliptic = kind.keySpec !== "ECC_NIST_EDWARDS25519" && kind.keySpec.startsWith("ECC")
    fc.assert(
      fc.property(fc.nat(), (at) => {
        const changed = read(kind, flipped(secret.bytes, at))
        // The version may also be that of RFC 5958, which says the same.
        if (elliptic) assert.deepStrictEqual(changed ?? secret, secret)
        else if (changed !== undefined) assert.strictEqual(changed.bytes.length, secret.bytes.length)
      }),
      { numRuns: kind.keySpec.startsWith("ML_") ? 20 : 100 }
    )
  })
})

describe("kinds", () => {
  it("are named once each", () => {
    assert.strictEqual(new Set(nobleKinds.map(({ keySpec }) => keySpec)).size, nobleKinds.length)
    assert.deepStrictEqual(Object.keys(nodeTypes), asymmetric.map(({ keySpec }) => keySpec))
  })

  it("read HMAC keys from the hash's output to its block, and no others", () => {
    const ranges = { HMAC_224: [28, 64], HMAC_256: [32, 64], HMAC_384: [48, 128], HMAC_512: [64, 128] } as const
    for (const [keySpec, [shortest, longest]] of Object.entries(ranges)) {
      const kind = kindOf(nobleKinds, keySpec)
      assert.strictEqual(generate(kind).bytes.length, shortest)
      for (const length of [shortest, shortest + 1, longest]) {
        const bytes = new Uint8Array(length).fill(7)
        assert.deepStrictEqual(read(kind, bytes), { bytes })
      }
      for (const length of [0, shortest - 1, longest + 1]) assert.isUndefined(read(kind, new Uint8Array(length)))
    }
  })
})
