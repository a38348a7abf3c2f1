/**
 * ECDSA verification and ECDH by `node:crypto`, which is many times as fast. Signing stays the core's: OpenSSL's nonces
 * are random, so that no two layers would agree and no run would repeat.
 */
import { only, reader, tags } from "@keystead/core/crypto/Der"
import { type KeyKind, type SigningKind, UnusableKey } from "@keystead/core/crypto/KeyKind"
import { ellipticKinds } from "@keystead/core/crypto/kinds/Elliptic"
import { readPublic } from "@keystead/core/crypto/kinds/KeyInfo"
import * as Effect from "effect/Effect"
import { createPublicKey, diffieHellman, getCurves, type KeyObject, verify } from "node:crypto"
import { held, plain, privateKeyOf, publicKeyOf } from "./KeyObjects.ts"

/** How a point may begin (SEC 1, 2.3.3): compressed, or in full. OpenSSL knows more forms, the core does not. */
const pointForms: ReadonlyArray<number | undefined> = [0x02, 0x03, 0x04]

/** The contents of the AlgorithmIdentifier of a key's curve. */
const curveOf = (key: KeyObject): Uint8Array => {
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" })
  return reader(only(tags.sequence, publicKey)).next(tags.sequence)
}

const agreement = (privateKey: KeyObject, publicKey: Uint8Array): Uint8Array => {
  if (!pointForms.includes(readPublic(curveOf(privateKey), publicKey)[0])) throw new UnusableKey()
  return plain(diffieHellman({ privateKey, publicKey: publicKeyOf(publicKey) }))
}

/** With agreement by `node:crypto`. */
const agreeing = (kind: SigningKind): SigningKind["prepare"] => (bytes) =>
  Effect.suspend(() => {
    const ours = held(privateKeyOf(bytes))
    return Effect.map(kind.prepare(bytes), (key) => ({
      ...key,
      agree: (publicKey) => Effect.try({ try: () => agreement(ours.get(), publicKey), catch: () => new UnusableKey() }),
      wipe: () => {
        ours.letGo()
        key.wipe()
      }
    }))
  })

const hashOf = (algorithm: string): string => `sha${algorithm.slice(-3)}`

/** BoringSSL, which is Bun's OpenSSL, lacks this curve alone. */
const hasCurve = ({ keySpec }: KeyKind): boolean => keySpec !== "ECC_SECG_P256K1" || getCurves().includes("secp256k1")

/** The core's kinds of keys on elliptic curves, faster where `node:crypto` gives the same. */
export const nodeEllipticKinds: ReadonlyArray<KeyKind> = ellipticKinds.map((kind) =>
  !hasCurve(kind) ? kind : ({
    ...kind,
    prepare: kind.usages.KEY_AGREEMENT === undefined ? kind.prepare : agreeing(kind),
    // OpenSSL has no ECDSA over a digest that somebody else has made.
    verify: (publicKey, signed, signature) =>
      signed.messageType === "DIGEST"
        ? kind.verify(publicKey, signed, signature)
        : Effect.sync(() => verify(hashOf(signed.algorithm), signed.message, publicKeyOf(publicKey), signature))
  })
)
