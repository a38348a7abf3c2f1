/** What kinds of keys are held to, by the name that Wycheproof gives the algorithm. */
import { constantTimeEquals as same } from "@keystead/core/crypto/ConstantTime"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { only, reader, tags, value } from "@keystead/core/crypto/Der"
import type { KeyKind, Signed } from "@keystead/core/crypto/KeyKind"
import { readPublic, writePrivate, writePublic } from "@keystead/core/crypto/kinds/KeyInfo"
import * as Effect from "effect/Effect"
import { bytes, type Group, has, number, type Test, text } from "./WycheproofFile.ts"

/** How a kind fares with the tests of an algorithm. */
export interface KindTests {
  /** The spec of the keys, and what else must be so; or the reason why no kind is offered. */
  readonly spec: (group: Group, test: Test) => Offer
  /** Whether the kind accepts and confirms the test's values. A failure or a defect is a refusal. */
  readonly accepts: (kind: KeyKind, group: Group, test: Test) => Effect.Effect<boolean, unknown, Crypto>
  /** The bytes that the Crypto service is to give, where the test says so. */
  readonly random?: (test: Test) => Uint8Array
}

type Offer = { readonly keySpec: KeyKind["keySpec"] } | { readonly skip: string }

const skip = (reason: string): Offer => ({ skip: reason })

const offer = (keySpecs: Readonly<Record<string, KeyKind["keySpec"]>>, name: string): Offer => {
  const keySpec = keySpecs[name]
  return keySpec === undefined ? skip(`there are no keys of ${name}`) : { keySpec }
}

const impossible = Effect.fail("This kind of key cannot do that")

const verified = (kind: KeyKind, publicKey: Uint8Array, signed: Signed, signature: Uint8Array) =>
  kind.verify?.(publicKey, signed, signature) ?? impossible

const member = (of: unknown, name: string): unknown =>
  typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined

const curves = {
  secp256r1: "ECC_NIST_P256",
  secp384r1: "ECC_NIST_P384",
  secp521r1: "ECC_NIST_P521",
  secp256k1: "ECC_SECG_P256K1"
} as const
const curveHashes: Readonly<Record<string, string>> = {
  ECC_NIST_P256: "SHA-256",
  ECC_NIST_P384: "SHA-384",
  ECC_NIST_P521: "SHA-512",
  ECC_SECG_P256K1: "SHA-256"
}
const hashBits = (hash: string): string => hash.slice(-3)

const signature = (algorithm: (group: Group) => string): KindTests["accepts"] => (kind, group, test) => {
  const signed = { algorithm: algorithm(group), message: bytes(test, "msg"), messageType: "RAW" } as const
  return verified(kind, bytes(group, "publicKeyDer"), signed, bytes(test, "sig"))
}

const ecdsa: KindTests = {
  spec: (group) => {
    const found = offer(curves, String(member(group["publicKey"], "curve")))
    if ("skip" in found || curveHashes[found.keySpec] === group["sha"]) return found
    return skip(`${found.keySpec} signs by ${curveHashes[found.keySpec]} only`)
  },
  accepts: signature((group) => `ECDSA_SHA_${hashBits(text(group, "sha"))}`)
}

const eddsa: KindTests = {
  spec: (group) => offer({ edwards25519: "ECC_NIST_EDWARDS25519" }, String(member(group["publicKey"], "curve"))),
  accepts: signature(() => "ED25519_SHA_512")
}

const rsaSpecs = { 2048: "RSA_2048", 3072: "RSA_3072", 4096: "RSA_4096" } as const
const rsaHashes = ["SHA-256", "SHA-384", "SHA-512"]

const rsa = (group: Group): Offer =>
  rsaHashes.includes(text(group, "sha"))
    ? offer(rsaSpecs, String(number(group, "keySize")))
    : skip(`RSA keys do not sign by ${text(group, "sha")}`)

const pkcs1: KindTests = {
  spec: rsa,
  accepts: signature((group) => `RSASSA_PKCS1_V1_5_SHA_${hashBits(text(group, "sha"))}`)
}

const pss: KindTests = {
  spec: (group) => {
    if (group["sha"] !== group["mgfSha"]) return skip("the hashes differ")
    return number(group, "sLen") * 8 === Number(hashBits(text(group, "sha")))
      ? rsa(group)
      : skip("the salt is not the hash's length")
  },
  accepts: signature((group) => `RSASSA_PSS_SHA_${hashBits(text(group, "sha"))}`)
}

const oaepHashes = new Map([["SHA-1", "RSAES_OAEP_SHA_1"], ["SHA-256", "RSAES_OAEP_SHA_256"]])

const oaep: KindTests = {
  spec: (group, test) => {
    if (!oaepHashes.has(text(group, "sha"))) return skip(`RSA keys do not encrypt by ${text(group, "sha")}`)
    if (group["sha"] !== group["mgfSha"]) return skip("the hashes differ")
    return has(test, "label") ? skip("there is a label") : offer(rsaSpecs, String(number(group, "keySize")))
  },
  accepts: Effect.fnUntraced(function*(kind, group, test) {
    const key = yield* kind.prepare((yield* kind.read(bytes(group, "privateKeyPkcs8"))).bytes)
    const algorithm = oaepHashes.get(text(group, "sha")) ?? ""
    return same(yield* (key.decrypt?.(algorithm, bytes(test, "ct")) ?? impossible), bytes(test, "msg"))
  })
}

const hmac = (keySpec: KeyKind["keySpec"], size: number): KindTests => ({
  spec: (group) => number(group, "tagSize") === size ? { keySpec } : skip(`tagSize is not ${size}`),
  accepts: Effect.fnUntraced(function*(kind, _group, test) {
    // Ready without being read: keys of KMS have fewer lengths than the tests.
    const key = yield* kind.prepare(bytes(test, "key"))
    return same(yield* (key.mac?.(bytes(test, "msg")) ?? impossible), bytes(test, "tag"))
  })
})

/** The contents of the AlgorithmIdentifier of the kind's keys, as a new key has it. */
const algorithmOf = (kind: KeyKind) =>
  Effect.map(kind.generate, ({ publicKey = new Uint8Array(0) }) => ({
    algorithm: reader(only(tags.sequence, publicKey)).next(tags.sequence),
    publicKey
  }))

/** The keys of a seed. */
const seeded = Effect.fnUntraced(function*(kind: KeyKind, seed: Uint8Array) {
  const { algorithm } = yield* algorithmOf(kind)
  const { bytes, publicKey = new Uint8Array(0) } = yield* kind.read(writePrivate(algorithm, value(0x80, seed)))
  return { key: yield* kind.prepare(bytes), publicKey: readPublic(algorithm, publicKey) }
})

const ecdh: KindTests = {
  spec: (group) =>
    group["encoding"] === "asn" && group["curve"] !== "secp256k1"
      ? offer(curves, text(group, "curve"))
      : skip(`there is no agreement with ${text(group, "curve")} in ${text(group, "encoding")}`),
  accepts: Effect.fnUntraced(function*(kind, _group, test) {
    const { algorithm, publicKey } = yield* algorithmOf(kind)
    const length = Math.floor(readPublic(algorithm, publicKey).length / 2)
    const scalar = Buffer.from(text(test, "private").padStart(length * 2, "0").slice(-length * 2), "hex")
    const key = value(tags.sequence, value(tags.integer, Uint8Array.of(1)), value(tags.octetString, scalar))
    const prepared = yield* kind.prepare((yield* kind.read(writePrivate(algorithm, key))).bytes)
    return same(yield* (prepared.agree?.(bytes(test, "public")) ?? impossible), bytes(test, "shared"))
  })
}

const mlDsa = (keySpec: KeyKind["keySpec"]): KindTests => ({
  spec: (group, test) => {
    if (has(test, "ctx")) return skip("there is a context")
    if (group["type"] === "MlDsaVerify") return { keySpec }
    return has(group, "privateSeed") ? { keySpec } : skip("the private key is not a seed")
  },
  random: (test) => has(test, "rnd") ? bytes(test, "rnd") : new Uint8Array(32),
  accepts: Effect.fnUntraced(function*(kind, group, test) {
    const [message, messageType] = has(test, "msg")
      ? [bytes(test, "msg"), "RAW"] as const
      : [has(test, "mu") ? bytes(test, "mu") : new Uint8Array(0), has(test, "mu") ? "EXTERNAL_MU" : "RAW"] as const
    const signed = { algorithm: "ML_DSA_SHAKE_256", message, messageType } as const
    if (group["type"] === "MlDsaVerify") {
      const { algorithm } = yield* algorithmOf(kind)
      return yield* verified(kind, writePublic(algorithm, bytes(group, "publicKey")), signed, bytes(test, "sig"))
    }
    const { key } = yield* seeded(kind, bytes(group, "privateSeed"))
    return same(yield* (key.sign?.(signed) ?? impossible), bytes(test, "sig"))
  })
})

const kemTypes = ["MLKEMTest", "MLKEMEncapsTest", "MLKEMKeyGen"]

const mlKem: KindTests = {
  spec: (group) =>
    kemTypes.includes(text(group, "type"))
      ? offer(
        { "ML-KEM-512": "ML_KEM_512", "ML-KEM-768": "ML_KEM_768", "ML-KEM-1024": "ML_KEM_1024" },
        text(group, "parameterSet")
      )
      : skip("the private key is not a seed"),
  random: (test) => has(test, "m") ? bytes(test, "m") : new Uint8Array(32),
  accepts: Effect.fnUntraced(function*(kind, group, test) {
    if (group["type"] === "MLKEMEncapsTest") {
      const { algorithm } = yield* algorithmOf(kind)
      const made = yield* (kind.encapsulate?.(writePublic(algorithm, bytes(test, "ek"))) ?? impossible)
      return same(made.ciphertext, bytes(test, "c")) && same(made.sharedSecret, bytes(test, "K"))
    }
    const { key, publicKey } = yield* seeded(kind, bytes(test, "seed"))
    if (!same(publicKey, bytes(test, "ek"))) return false
    if (group["type"] === "MLKEMKeyGen") return true
    return same(yield* (key.decapsulate?.(bytes(test, "c")) ?? impossible), bytes(test, "K"))
  })
}

/** The algorithms that kinds of keys have. */
export const kindTests: ReadonlyMap<string, KindTests> = new Map([
  ["ECDSA", ecdsa],
  ["EDDSA", eddsa],
  ["RSASSA-PKCS1-v1_5", pkcs1],
  ["RSASSA-PSS", pss],
  ["RSAES-OAEP", oaep],
  ["HMACSHA224", hmac("HMAC_224", 224)],
  ["HMACSHA256", hmac("HMAC_256", 256)],
  ["HMACSHA384", hmac("HMAC_384", 384)],
  ["HMACSHA512", hmac("HMAC_512", 512)],
  ["ECDH", ecdh],
  ["ML-DSA-44", mlDsa("ML_DSA_44")],
  ["ML-DSA-65", mlDsa("ML_DSA_65")],
  ["ML-DSA-87", mlDsa("ML_DSA_87")],
  ["ML-KEM", mlKem]
])
