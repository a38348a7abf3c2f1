/**
 * Keys on the NIST curves P-256, P-384 and P-521 and on secp256k1: ECDSA (FIPS 186-5) and, on the NIST curves, the
 * elliptic curve Diffie-Hellman primitive (NIST SP 800-56A, 5.7.1.2).
 *
 * Nonces are RFC 6979's, so a signature depends on nothing but the key and the message. As with AWS and OpenSSL, `s`
 * is whatever comes out: neither signing nor verifying prefers the smaller of the two (`lowS`).
 */
import type { ECDSA } from "@noble/curves/abstract/weierstrass.js"
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import * as Effect from "effect/Effect"
import { Crypto } from "../Crypto.ts"
import { only, reader, tags, value, wholeOctets } from "../Der.ts"
import { type KeyKind, type Secret, type Signed, type SigningKind, UnusableKey } from "../KeyKind.ts"
import { needSamePublic, readPrivate, readPublic, writePrivate, writePublic } from "./KeyInfo.ts"
import { ellipticUsages } from "./Usages.ts"

/** A curve, and what AWS, RFC 5480 and FIPS 186-5 say of it. */
interface Curve {
  readonly ecdsa: ECDSA
  readonly hash: (message: Uint8Array) => Uint8Array
  /** The contents of the curve's OBJECT IDENTIFIER. */
  readonly name: Uint8Array
  /** The contents of the AlgorithmIdentifier: id-ecPublicKey, and the named curve (RFC 5480, 2.1.1). */
  readonly algorithm: Uint8Array
}

const ecPublicKey = [0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]

const curve = (ecdsa: ECDSA, hash: Curve["hash"], name: Uint8Array): Curve => ({
  ecdsa,
  hash,
  name,
  algorithm: Uint8Array.of(...ecPublicKey, tags.objectIdentifier, name.length, ...name)
})

/** `[0] EXPLICIT ECParameters` and `[1] EXPLICIT BIT STRING` of ECPrivateKey (RFC 5915, section 3). */
const parametersTag = 0xa0
const publicKeyTag = 0xa1

const options = { prehash: false, lowS: false, format: "der" } as const

/** A point that is written in full or compressed (SEC 1, 2.3.3), in full; throws if it is not on the curve. */
const wholePoint = ({ ecdsa }: Curve, point: Uint8Array): Uint8Array => ecdsa.Point.fromBytes(point).toBytes(false)

const secretOf = (curve: Curve, scalar: Uint8Array): Secret => {
  const point = curve.ecdsa.getPublicKey(scalar, false)
  const bytes = writePrivate(
    curve.algorithm,
    value(
      tags.sequence,
      value(tags.integer, Uint8Array.of(1)),
      value(tags.octetString, scalar),
      value(publicKeyTag, value(tags.bitString, Uint8Array.of(0), point))
    )
  )
  return { bytes, publicKey: writePublic(curve.algorithm, point) }
}

/** The private scalar in PKCS#8, a view; throws if the key is none of the curve's. */
const scalarOf = (curve: Curve, bytes: Uint8Array): Uint8Array => {
  const { privateKey, publicKey } = readPrivate(curve.algorithm, bytes)
  const key = reader(only(tags.sequence, privateKey))
  needSamePublic(key.next(tags.integer), Uint8Array.of(1))
  const scalar = key.next(tags.octetString)
  const parameters = key.optional(parametersTag)
  const inner = key.optional(publicKeyTag)
  key.end()
  if (parameters !== undefined) needSamePublic(only(tags.objectIdentifier, parameters), curve.name)
  // Throws for a scalar of another length, for zero, and from the order on.
  const derived = curve.ecdsa.getPublicKey(scalar, false)
  if (inner !== undefined) {
    needSamePublic(wholePoint(curve, wholeOctets(only(tags.bitString, inner))), derived)
  }
  if (publicKey !== undefined) needSamePublic(wholePoint(curve, publicKey), derived)
  return scalar
}

const digestOf = ({ hash }: Curve, { message, messageType }: Signed): Uint8Array =>
  messageType === "RAW" ? hash(message) : message

const agreement = (curve: Curve, scalar: Uint8Array, publicKey: Uint8Array): Uint8Array => {
  const shared = curve.ecdsa.getSharedSecret(scalar, readPublic(curve.algorithm, publicKey), true)
  const x = shared.slice(1)
  shared.fill(0)
  return x
}

const prepare = (curve: Curve, agrees: boolean, bytes: Uint8Array) => {
  const scalar = scalarOf(curve, bytes).slice()
  const sign = (signed: Signed) => Effect.sync(() => curve.ecdsa.sign(digestOf(curve, signed), scalar, options))
  const agree = (publicKey: Uint8Array) =>
    Effect.try({ try: () => agreement(curve, scalar, publicKey), catch: () => new UnusableKey() })
  return { sign, ...(agrees ? { agree } : {}), wipe: () => void scalar.fill(0) }
}

const generate = (curve: Curve): KeyKind["generate"] => {
  const seedLength = curve.ecdsa.lengths.seed ?? 0
  // FIPS 186-5, A.2.1: a scalar from more random bits than the order has, reduced.
  return Effect.map(Crypto.use((crypto) => crypto.randomBytes(seedLength)), (seed) => {
    const scalar = curve.ecdsa.utils.randomSecretKey(seed)
    const secret = secretOf(curve, scalar)
    seed.fill(0)
    scalar.fill(0)
    return secret
  })
}

const make = (keySpec: KeyKind["keySpec"], curve: Curve, usages: KeyKind["usages"]): SigningKind => ({
  keySpec,
  usages,
  generate: generate(curve),
  read: (bytes) => Effect.try({ try: () => secretOf(curve, scalarOf(curve, bytes)), catch: () => new UnusableKey() }),
  prepare: (bytes) => Effect.sync(() => prepare(curve, usages.KEY_AGREEMENT !== undefined, bytes)),
  verify: (publicKey, signed, signature) =>
    Effect.sync(() =>
      curve.ecdsa.verify(signature, digestOf(curve, signed), readPublic(curve.algorithm, publicKey), options)
    )
})

const secp256r1 = Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07)
const secp384r1 = Uint8Array.of(0x2b, 0x81, 0x04, 0x00, 0x22)
const secp521r1 = Uint8Array.of(0x2b, 0x81, 0x04, 0x00, 0x23)
const secp256k1Name = Uint8Array.of(0x2b, 0x81, 0x04, 0x00, 0x0a)

/** The curves, by noble. */
export type Curves = Readonly<Record<"p256" | "p384" | "p521" | "secp256k1", ECDSA>>

/** ECC_NIST_P256, ECC_NIST_P384, ECC_NIST_P521 and ECC_SECG_P256K1. */
export const ellipticKindsWith = ({ p256, p384, p521, secp256k1 }: Curves): ReadonlyArray<SigningKind> => [
  make("ECC_NIST_P256", curve(p256, sha256, secp256r1), ellipticUsages.ECC_NIST_P256),
  make("ECC_NIST_P384", curve(p384, sha384, secp384r1), ellipticUsages.ECC_NIST_P384),
  make("ECC_NIST_P521", curve(p521, sha512, secp521r1), ellipticUsages.ECC_NIST_P521),
  make("ECC_SECG_P256K1", curve(secp256k1, sha256, secp256k1Name), ellipticUsages.ECC_SECG_P256K1)
]
