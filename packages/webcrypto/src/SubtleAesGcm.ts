/** AES-256-GCM by SubtleCrypto (Web Cryptography Level 2, section 29). */
import { type AesGcm, NotAuthentic } from "@keystead/core/crypto/Crypto"
import { needNonce, tagLength } from "@keystead/core/crypto/Preconditions"
import * as Effect from "effect/Effect"
import { isRefusal } from "./Refusal.ts"
import { unshared } from "./Unshared.ts"

const name = "AES-GCM"

const parameters = (nonce: Uint8Array, aad: Uint8Array): AesGcmParams => ({
  name,
  iv: unshared(nonce),
  additionalData: unshared(aad),
  tagLength: tagLength * 8
})

/**
 * AES-256-GCM under one key of 32 bytes, which stays as it is for as long as the result is used.
 *
 * The CryptoKey is imported when it is first needed, and cannot be extracted. The key itself is kept and not its promise:
 * a Worker may not wait for what a request began that is over. Keys that are needed together may be imported twice.
 */
export const subtleAesGcm = (subtle: SubtleCrypto, key: Uint8Array): AesGcm => {
  let imported: CryptoKey | undefined
  const importKey = async (): Promise<CryptoKey> =>
    imported = await subtle.importKey("raw", unshared(key), name, false, ["encrypt", "decrypt"])

  const seal = (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Effect.Effect<Uint8Array> =>
    Effect.promise(async () => {
      needNonce(nonce)
      const withKey = imported ?? await importKey()
      return new Uint8Array(await subtle.encrypt(parameters(nonce, aad), withKey, unshared(plaintext)))
    })

  const opened = async (nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Promise<Uint8Array | undefined> => {
    needNonce(nonce)
    const withKey = imported ?? await importKey()
    try {
      return new Uint8Array(await subtle.decrypt(parameters(nonce, aad), withKey, unshared(sealed)))
    } catch (error) {
      if (isRefusal(error)) return undefined
      throw error
    }
  }

  return {
    seal,
    sealDetached: (nonce, aad, plaintext) =>
      Effect.map(seal(nonce, aad, plaintext), (sealed) => ({
        ciphertext: sealed.subarray(0, -tagLength),
        tag: sealed.subarray(-tagLength)
      })),
    open: (nonce, aad, sealed) =>
      Effect.flatMap(
        Effect.promise(() => opened(nonce, aad, sealed)),
        (plaintext) => plaintext === undefined ? Effect.fail(new NotAuthentic()) : Effect.succeed(plaintext)
      )
  }
}
