/** AES-256-GCM by SubtleCrypto (Web Cryptography Level 2, section 29). */
import { type AesGcm, NotAuthentic, type Sealed, type ToOpen, type ToSeal } from "@keystead/core/crypto/Crypto"
import { needNonce, tagLength } from "@keystead/core/crypto/Preconditions"
import * as Effect from "effect/Effect"
import { isRefusal } from "./Refusal.ts"
import { unshared } from "./Unshared.ts"

const name = "AES-GCM"

const parameters = ({ aad, nonce }: Omit<ToSeal, "plaintext">): AesGcmParams => {
  needNonce(nonce)
  return { name, iv: unshared(nonce), additionalData: unshared(aad), tagLength: tagLength * 8 }
}

/** Ciphertext and tag, in the memory that the host has made. */
const apart = (sealed: ArrayBuffer): Sealed => {
  const tagAt = sealed.byteLength - tagLength
  return { ciphertext: new Uint8Array(sealed, 0, tagAt), tag: new Uint8Array(sealed, tagAt) }
}

const plain = (bytes: ArrayBuffer): Uint8Array => new Uint8Array(bytes)

/** What the work gives, or NotAuthentic. */
const authentic = <A>(work: () => Promise<A>): Effect.Effect<A, NotAuthentic> =>
  Effect.flatMap(
    Effect.promise(() =>
      work().catch((error: unknown) => {
        if (isRefusal(error)) return new NotAuthentic()
        throw error
      })
    ),
    (result) => result instanceof NotAuthentic ? Effect.fail(result) : Effect.succeed(result)
  )

/**
 * AES-256-GCM under one key of 32 bytes, which stays as it is for as long as the result is used.
 *
 * The CryptoKey is imported when it is first needed, and cannot be extracted. The key itself is kept and not its promise:
 * a Worker may not wait for what a request began that is over. Keys that are needed together may be imported twice.
 *
 * Of several, each is begun before the next is asked for. Hosts copy what they are given before they give a promise, as the
 * specification has it, so that the next may be made in the memory of the one before.
 */
export const subtleAesGcm = (subtle: SubtleCrypto, key: Uint8Array): AesGcm => {
  let imported: CryptoKey | undefined
  const importKey = async (): Promise<CryptoKey> =>
    imported = await subtle.importKey("raw", unshared(key), name, false, ["encrypt", "decrypt"])

  const encrypt = async (one: ToSeal): Promise<ArrayBuffer> =>
    subtle.encrypt(parameters(one), imported ?? await importKey(), unshared(one.plaintext))
  const encryptEach = async (all: Iterable<ToSeal>): Promise<ReadonlyArray<Sealed>> => {
    const withKey = imported ?? await importKey()
    const begun = Array.from(all, (one) => subtle.encrypt(parameters(one), withKey, unshared(one.plaintext)))
    return (await Promise.all(begun)).map(apart)
  }

  const decrypt = async (one: ToOpen): Promise<ArrayBuffer> =>
    subtle.decrypt(parameters(one), imported ?? await importKey(), unshared(one.sealed))
  const decryptEach = async (all: Iterable<ToOpen>): Promise<ReadonlyArray<Uint8Array>> => {
    const withKey = imported ?? await importKey()
    const begun = Array.from(all, (one) => subtle.decrypt(parameters(one), withKey, unshared(one.sealed)))
    return (await Promise.all(begun)).map(plain)
  }

  return {
    seal: (nonce, aad, plaintext) => Effect.map(Effect.promise(() => encrypt({ nonce, aad, plaintext })), plain),
    sealDetached: (nonce, aad, plaintext) =>
      Effect.map(Effect.promise(() => encrypt({ nonce, aad, plaintext })), apart),
    sealEach: (all) => Effect.promise(() => encryptEach(all)),
    open: (nonce, aad, sealed) => Effect.map(authentic(() => decrypt({ nonce, aad, sealed })), plain),
    openEach: (all) => authentic(() => decryptEach(all))
  }
}
