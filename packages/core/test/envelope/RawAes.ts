/** Data keys under an AES key in memory: the wrapping of the AWS Encryption SDK's raw AES keyring, in Keystead's terms. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type AesGcm, Crypto } from "../../src/crypto/Crypto.ts"
import * as EncryptionContext from "../../src/domain/EncryptionContext.ts"
import type { DataKeys, EncryptedDataKey } from "../../src/envelope/DataKeys.ts"

/** None of the message's data keys can be decrypted with the keys at hand. */
export class NoDataKey extends Data.TaggedError("NoDataKey") {}

/** An AES key, with the names that the SDK's keyring has for it. */
export interface RawAesKey {
  readonly namespace: string
  readonly name: string
  readonly key: Uint8Array
}

const concat = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Uint8Array.from(Buffer.concat(parts))
const lengths = Uint8Array.of(0, 0, 0, 128, 0, 0, 0, 12)
const aadOf = (context: EncryptionContext.EncryptionContext) => Result.getOrThrow(EncryptionContext.serialize(context))

const wrap = Effect.fnUntraced(
  function*(wrapping: RawAesKey, cipher: AesGcm, dataKey: Uint8Array, aad: Uint8Array) {
    const nonce = yield* (yield* Crypto).randomBytes(12)
    const ciphertext = yield* cipher.seal(nonce, aad, dataKey)
    const providerInfo = concat(Buffer.from(wrapping.name), lengths, nonce)
    const encrypted: EncryptedDataKey = { providerId: wrapping.namespace, providerInfo, ciphertext }
    return encrypted
  }
)

/** Encrypts each data key under all of the keys, and decrypts with the first that fits. */
export const rawAes = (keys: ReadonlyArray<RawAesKey>): DataKeys<NoDataKey, Crypto> => ({
  generate: Effect.fnUntraced(function*(context) {
    const crypto = yield* Crypto
    const plaintext = yield* crypto.randomBytes(32)
    const aad = aadOf(context)
    const encrypted = yield* Effect.forEach(
      keys,
      (key) => Effect.flatMap(crypto.aesGcm(key.key), (cipher) => wrap(key, cipher, plaintext, aad))
    )
    return { plaintext, encrypted }
  }),
  decrypt: Effect.fnUntraced(function*(encrypted, context) {
    const crypto = yield* Crypto
    for (const key of keys) {
      const cipher = yield* crypto.aesGcm(key.key)
      for (const { ciphertext, providerId, providerInfo } of encrypted) {
        const name = Buffer.from(providerInfo.subarray(0, -20)).toString()
        if (providerId !== key.namespace || name !== key.name) continue
        const opened = yield* Effect.result(cipher.open(providerInfo.slice(-12), aadOf(context), ciphertext))
        if (Result.isSuccess(opened)) return opened.success
      }
    }
    return yield* new NoDataKey()
  })
})
