/**
 * ML-DSA verification and ML-KEM decapsulation by `node:crypto` where Node has them (24.7, with OpenSSL 3.5), by the
 * core otherwise: the same answers. What draws randomness is always the core's, out of the Crypto service.
 */
import { tags } from "@keystead/core/crypto/Der"
import { type KeyKind, UnusableKey } from "@keystead/core/crypto/KeyKind"
import { mlDsaKinds } from "@keystead/core/crypto/kinds/MlDsa"
import { mlKemKinds } from "@keystead/core/crypto/kinds/MlKem"
import * as Effect from "effect/Effect"
import * as crypto from "node:crypto"
import { held, plain, privateKeyOf, publicKeyOf } from "./KeyObjects.ts"

/** Whether OpenSSL opens the private key: whether it knows the algorithm. */
const opens = (bytes: ReadonlyArray<number>): boolean => {
  try {
    privateKeyOf(Uint8Array.from(bytes))
    return true
  } catch {
    return false
  }
}

/** An ML-DSA-44 key in PKCS#8 (RFC 9881), its seed all zeros. */
const someMlDsaKey = [0x30, 0x34, 2, 1, 0, 0x30, 11, tags.objectIdentifier, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17]
  .concat([4, 34, 0x80, 32], Array.from({ length: 32 }, () => 0))

/** Asked once, and not before there is a key to use. */
const once = (ask: () => boolean): () => boolean => {
  let answer: boolean | undefined
  return () => answer ??= ask()
}

const hasPostQuantum = once(() => typeof crypto.decapsulate === "function" && opens(someMlDsaKey))

const decapsulated = (key: crypto.KeyObject, ciphertext: Uint8Array): Uint8Array =>
  plain(crypto.decapsulate(key, ciphertext))

const prepare = (kind: KeyKind): KeyKind["prepare"] => (bytes) =>
  Effect.suspend(() => {
    if (!hasPostQuantum()) return kind.prepare(bytes)
    const ours = held(privateKeyOf(bytes))
    return Effect.succeed({
      // OpenSSL refuses another length, and nothing else.
      decapsulate: (ciphertext: Uint8Array) =>
        Effect.try({ try: () => decapsulated(ours.get(), ciphertext), catch: () => new UnusableKey() }),
      wipe: ours.letGo
    })
  })

/** The core's kinds of ML-DSA keys, verifying faster. Node takes no μ from elsewhere. */
export const nodeMlDsaKinds: ReadonlyArray<KeyKind> = mlDsaKinds.map((kind) => ({
  ...kind,
  verify: (publicKey, signed, signature) =>
    signed.messageType === "RAW" && hasPostQuantum()
      ? Effect.sync(() => crypto.verify(null, signed.message, publicKeyOf(publicKey), signature))
      : kind.verify(publicKey, signed, signature)
}))

/** The core's kinds of ML-KEM keys, decapsulating faster. */
export const nodeMlKemKinds: ReadonlyArray<KeyKind> = mlKemKinds.map((kind) => ({ ...kind, prepare: prepare(kind) }))
