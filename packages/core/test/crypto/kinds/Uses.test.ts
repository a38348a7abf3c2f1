/** What keys of every kind do, in pure JavaScript: properties, and OpenSSL as the other side. */
import { assert, describe, it } from "@effect/vitest"
import { type KeyKind, type Signed, UnusableKey } from "@keystead/core/crypto/KeyKind"
import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js"
import { p256, p384, p521 } from "@noble/curves/nist.js"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import { createHash, createHmac, createPrivateKey, createPublicKey, diffieHellman, sign, verify } from "node:crypto"
import { flipped, fresh, generate, has, hex, nobleKinds, run, waysToSign } from "../../support/Kinds.ts"

const named = (kinds: ReadonlyArray<KeyKind>) => kinds.map((kind) => [kind.keySpec, kind] as const)
const withUsage = (usage: keyof KeyKind["usages"]) => named(nobleKinds.filter(({ usages }) => usages[usage]))
const messages = fc.uint8Array({ minLength: 1, maxLength: 200 })
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const publicNode = (bytes: Uint8Array) => createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" })
const privateNode = (bytes: Uint8Array) => createPrivateKey({ key: Buffer.from(bytes), format: "der", type: "pkcs8" })

/** The hash that OpenSSL must be told; the algorithms of FIPS 204 and RFC 8032 have their own. */
const hashOf = (algorithm: string): string | null => algorithm.startsWith("ECDSA") ? `sha${algorithm.slice(-3)}` : null

describe.each(withUsage("GENERATE_VERIFY_MAC"))("%s", (_keySpec, kind) => {
  it("makes the codes that OpenSSL makes", () => {
    const hash = `sha${kind.keySpec.slice(-3)}`
    fc.assert(fc.property(fc.string(), fc.uint8Array({ maxLength: 300 }), (seed, message) => {
      const { bytes } = generate(kind, seed)
      const key = run(kind.prepare(bytes))
      const expected = createHmac(hash, bytes).update(message).digest()
      for (let time = 0; time < 2; time++) {
        assert.deepStrictEqual(run(has(key.mac)(message)), Uint8Array.from(expected))
      }
    }))
  })
})

describe.each(withUsage("SIGN_VERIFY"))("signatures by %s", (_keySpec, kind) => {
  const numRuns = kind.keySpec.startsWith("ML_") ? 4 : 10
  const { key, publicKey } = fresh(kind)
  const signs = (signed: Signed) => run(has(key.sign)(signed))
  const verifies = (signed: Signed, signature: Uint8Array, by = publicKey) =>
    run(has(kind.verify)(by, signed, signature))

  it.each(waysToSign(kind))("verify, and not with any bit changed: $algorithm $messageType", ({ length, ...way }) => {
    const other = fresh(kind, "other").publicKey
    fc.assert(
      fc.property(length === undefined ? messages : exactly(length), fc.nat(), (message, at) => {
        const signed = { ...way, message }
        const signature = signs(signed)
        assert.isTrue(verifies(signed, signature))
        assert.isFalse(verifies({ ...way, message: flipped(message, at) }, signature))
        assert.isFalse(verifies(signed, flipped(signature, at)))
        assert.isFalse(verifies(signed, signature.subarray(0, at % signature.length)))
        assert.isFalse(verifies(signed, Uint8Array.of(...signature, 0)))
        assert.isFalse(verifies(signed, signature, other))
      }),
      { numRuns }
    )
  })

  it("are false, never an error, whatever bytes there are in their place", () => {
    const [way] = waysToSign(kind)
    fc.assert(fc.property(messages, fc.uint8Array({ maxLength: 200 }), (message, signature) => {
      assert.isFalse(verifies({ ...has(way), message }, signature))
    }))
  })

  it("are OpenSSL's, both ways", () => {
    const [algorithm = ""] = has(kind.usages.SIGN_VERIFY)
    const theirs = privateNode(generate(kind).bytes)
    fc.assert(
      fc.property(messages, (message) => {
        const signed = { algorithm, message, messageType: "RAW" } as const
        assert.isTrue(verify(hashOf(algorithm), message, publicNode(publicKey), signs(signed)))
        const signature = sign(hashOf(algorithm), message, theirs)
        assert.isTrue(verifies(signed, Uint8Array.from(signature)))
      }),
      { numRuns }
    )
  })
})

describe.each(named(nobleKinds.filter(({ keySpec }) => /P\d/.test(keySpec))))("ECDSA by %s", (_keySpec, kind) => {
  it("takes either value of s, as AWS and OpenSSL do", () => {
    const { key, publicKey } = fresh(kind)
    const [algorithm = ""] = has(kind.usages.SIGN_VERIFY)
    const curve = { ECC_NIST_P256: p256, ECC_NIST_P384: p384, ECC_NIST_P521: p521 }[kind.keySpec as string] ?? secp256k1
    const high = new Set<boolean>()
    for (let count = 0; count < 12; count++) {
      const signed = { algorithm, message: Uint8Array.of(count), messageType: "RAW" } as const
      const { r, s } = curve.Signature.fromBytes(run(has(key.sign)(signed)), "der")
      high.add(s > curve.Point.Fn.ORDER / 2n)
      const negated = new curve.Signature(r, curve.Point.Fn.neg(s)).toBytes("der")
      assert.isTrue(run(has(kind.verify)(publicKey, signed, negated)))
    }
    assert.strictEqual(high.size, 2)
  })

  it("is of the message's hash, and a digest is not hashed again", () => {
    const { key } = fresh(kind)
    const [algorithm = ""] = has(kind.usages.SIGN_VERIFY)
    fc.assert(
      fc.property(messages, (message) => {
        const digest = Uint8Array.from(createHash(`sha${algorithm.slice(-3)}`).update(message).digest())
        const ofDigest = run(has(key.sign)({ algorithm, message: digest, messageType: "DIGEST" }))
        assert.deepStrictEqual(ofDigest, run(has(key.sign)({ algorithm, message, messageType: "RAW" })))
      }),
      { numRuns: 5 }
    )
  })
})

describe.each(withUsage("SIGN_VERIFY").filter(([spec]) => spec.startsWith("ML_DSA")))("μ of %s", (_keySpec, kind) => {
  it("is that of FIPS 204, and signing it is signing the message", () => {
    const { key, publicKey } = fresh(kind)
    const shake = (...parts: ReadonlyArray<Uint8Array>) =>
      Uint8Array.from(createHash("shake256", { outputLength: 64 }).update(Buffer.concat(parts)).digest())
    const encoded = publicKey.subarray(-({ ML_DSA_44: 1312, ML_DSA_65: 1952 }[kind.keySpec as string] ?? 2592))
    const message = Uint8Array.of(1, 2, 3)
    const mu = shake(shake(encoded), Uint8Array.of(0, 0), message)
    const [algorithm = ""] = has(kind.usages.SIGN_VERIFY)
    const raw = { algorithm, message, messageType: "RAW" } as const
    const external = { algorithm, message: mu, messageType: "EXTERNAL_MU" } as const
    const ofMu = run(has(key.sign)(external), "hedge")
    assert.deepStrictEqual(ofMu, run(has(key.sign)(raw), "hedge"))
    assert.notDeepEqual(ofMu, run(has(key.sign)(raw), "other"))
    assert.isTrue(run(has(kind.verify)(publicKey, external, run(has(key.sign)(raw)))))
  })
})

describe("Ed25519 with points of small order", () => {
  it("is verified without the cofactor, as OpenSSL does", () => {
    const [kind] = nobleKinds.filter(({ keySpec }) => keySpec === "ECC_NIST_EDWARDS25519")
    const { Point, utils } = ed25519
    const secret = new Uint8Array(32).fill(9)
    const { pointBytes, scalar } = utils.getExtendedPublicKey(secret)
    const message = Uint8Array.of(1, 2, 3)
    const littleEndian = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`)
    const made = (torsion: string) => {
      const nonce = 12345n
      const r = Point.BASE.multiply(nonce).add(Point.fromHex(torsion)).toBytes()
      const challenge = createHash("sha512").update(r).update(pointBytes).update(message).digest()
      const s = Point.Fn.create(nonce + littleEndian(challenge) * scalar)
      return Uint8Array.of(...r, ...Point.Fn.toBytes(s))
    }
    const publicKey = hex(`302a300506032b6570032100${Buffer.from(pointBytes).toString("hex")}`)
    const verifies = (signature: Uint8Array) => {
      const signed = { algorithm: "ED25519_SHA_512", message, messageType: "RAW" } as const
      const answer = run(has(has(kind).verify)(publicKey, signed, signature))
      assert.strictEqual(verify(null, message, publicNode(publicKey), signature), answer)
      return answer
    }
    const [zero = "", ...others] = ED25519_TORSION_SUBGROUP
    assert.isTrue(verifies(made(zero)))
    for (const torsion of others) {
      assert.isTrue(ed25519.verify(made(torsion), message, pointBytes, { zip215: false }))
      assert.isFalse(verifies(made(torsion)))
    }
  })
})

describe.each(withUsage("KEY_AGREEMENT"))("agreement by %s", (_keySpec, kind) => {
  it("gives both sides the same secret, and OpenSSL too", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const [left, right] = [fresh(kind, one), fresh(kind, `${other}'`)]
        const secret = run(has(left.key.agree)(right.publicKey))
        assert.deepStrictEqual(run(has(right.key.agree)(left.publicKey)), secret)
        const privateKey = privateNode(generate(kind, one).bytes)
        const theirs = diffieHellman({ privateKey, publicKey: publicNode(right.publicKey) })
        assert.deepStrictEqual(Uint8Array.from(theirs), secret)
      }),
      { numRuns: 5 }
    )
  })

  it("takes no key of another kind, no point off the curve, and no other bytes", () => {
    const { key, publicKey } = fresh(kind)
    const refused = (bytes: Uint8Array) => assert.instanceOf(run(Effect.flip(has(key.agree)(bytes))), UnusableKey)
    for (const [keySpec, other] of withUsage("SIGN_VERIFY")) {
      if (other !== kind) refused(fresh(other, keySpec).publicKey)
    }
    refused(Uint8Array.of(...publicKey, 0))
    refused(generate(kind).bytes)
    fc.assert(fc.property(fc.nat(), (at) => refused(flipped(publicKey, at))), { numRuns: 50 })
  })
})

describe.each(withUsage("ENCAPSULATE_DECAPSULATE"))("encapsulation by %s", (_keySpec, kind) => {
  const { key, publicKey } = fresh(kind)
  const length = has({ ML_KEM_512: 768, ML_KEM_768: 1088, ML_KEM_1024: 1568 }[kind.keySpec as string])
  const decapsulated = (ciphertext: Uint8Array) => run(has(key.decapsulate)(ciphertext))

  it("is undone, and a changed ciphertext gives another secret and no error", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (seed, at) => {
        const { ciphertext, sharedSecret } = run(has(kind.encapsulate)(publicKey), seed)
        assert.strictEqual(ciphertext.length, length)
        assert.strictEqual(sharedSecret.length, 32)
        assert.deepStrictEqual(decapsulated(ciphertext), sharedSecret)
        const rejected = decapsulated(flipped(ciphertext, at))
        assert.strictEqual(rejected.length, 32)
        assert.notDeepEqual(rejected, sharedSecret)
        assert.deepStrictEqual(decapsulated(flipped(ciphertext, at)), rejected)
      }),
      { numRuns: 10 }
    )
  })

  it("refuses ciphertexts of any other length", () => {
    for (const wrong of [0, 1, 32, 768, 1088, 1568, length - 1, length + 1].filter((wrong) => wrong !== length)) {
      assert.instanceOf(run(Effect.flip(has(key.decapsulate)(new Uint8Array(wrong)))), UnusableKey)
    }
  })

  it("comes from the random source and nothing else", () => {
    const made = (seed: string) => run(has(kind.encapsulate)(publicKey), seed)
    assert.deepStrictEqual(made("one"), made("one"))
    assert.notDeepEqual(made("one"), made("other"))
  })
})
