/**
 * Ed25519 keys (RFC 8032, FIPS 186-5), in the PKCS#8 and SubjectPublicKeyInfo of RFC 8410.
 *
 * ED25519_SHA_512 signs the message. ED25519_PH_SHA_512 is Ed25519ph, which hashes what it is given once more: AWS
 * takes a digest there and lets the algorithm hash it, so the message of its Ed25519ph is that digest.
 */
import type * as Ed25519 from "@noble/curves/ed25519.js"
import * as Effect from "effect/Effect"
import { Crypto } from "../Crypto.ts"
import { only, tags, value } from "../Der.ts"
import { type Secret, type Signed, type SigningKind, UnusableKey } from "../KeyKind.ts"
import { needSamePublic, readPrivate, readPublic, writePrivate, writePublic } from "./KeyInfo.ts"
import { edwardsUsages } from "./Usages.ts"

/** The curve, by noble. */
export type EdwardsCurve = Pick<typeof Ed25519, "ed25519" | "ed25519ph">

/** id-Ed25519, without parameters (RFC 8410, section 3). */
const algorithm = Uint8Array.of(0x06, 0x03, 0x2b, 0x65, 0x70)

const seedLength = 32

const secretOf = ({ ed25519 }: EdwardsCurve, seed: Uint8Array): Secret => ({
  bytes: writePrivate(algorithm, value(tags.octetString, seed)),
  publicKey: writePublic(algorithm, ed25519.getPublicKey(seed))
})

/** The seed, RFC 8032's private key, in PKCS#8: a view. */
const seedOf = ({ ed25519 }: EdwardsCurve, bytes: Uint8Array): Uint8Array => {
  const { privateKey, publicKey } = readPrivate(algorithm, bytes)
  const seed = only(tags.octetString, privateKey)
  if (seed.length !== seedLength) throw new UnusableKey()
  if (publicKey !== undefined) needSamePublic(publicKey, ed25519.getPublicKey(seed))
  return seed
}

const variantOf = ({ ed25519, ed25519ph }: EdwardsCurve, { algorithm }: Signed) =>
  algorithm === "ED25519_PH_SHA_512" ? ed25519ph : ed25519

const prepare = (curve: EdwardsCurve, bytes: Uint8Array) => {
  const seed = seedOf(curve, bytes).slice()
  return {
    sign: (signed: Signed) => Effect.sync(() => variantOf(curve, signed).sign(signed.message, seed)),
    wipe: () => void seed.fill(0)
  }
}

/**
 * noble multiplies the verification equation by the cofactor, OpenSSL does not, and RFC 8032 (5.1.7) allows both. They
 * differ on signatures whose R has a part of small order, so that part is refused: all layers answer alike.
 */
const verify = (curve: EdwardsCurve, publicKey: Uint8Array, signed: Signed, signature: Uint8Array): boolean =>
  signature.length === curve.ed25519.lengths.signature &&
  variantOf(curve, signed).verify(signature, signed.message, readPublic(algorithm, publicKey), { zip215: false }) &&
  curve.ed25519.Point.fromBytes(signature.subarray(0, 32)).isTorsionFree()

/** ECC_NIST_EDWARDS25519. */
export const edwardsKindsWith = (curve: EdwardsCurve): ReadonlyArray<SigningKind> => [{
  keySpec: "ECC_NIST_EDWARDS25519",
  usages: edwardsUsages.ECC_NIST_EDWARDS25519,
  generate: Effect.map(Crypto.use((crypto) => crypto.randomBytes(seedLength)), (seed) => {
    const secret = secretOf(curve, seed)
    seed.fill(0)
    return secret
  }),
  read: (bytes) => Effect.try({ try: () => secretOf(curve, seedOf(curve, bytes)), catch: () => new UnusableKey() }),
  prepare: (bytes) => Effect.sync(() => prepare(curve, bytes)),
  verify: (publicKey, signed, signature) => Effect.sync(() => verify(curve, publicKey, signed, signature))
}]
