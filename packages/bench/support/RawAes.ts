/** Data keys under an AES key in memory: what the AWS Encryption SDK's raw AES keyring does, in Keystead's terms. */
import { type AesGcm, Crypto } from "@keystead/core/crypto/Crypto"
import * as EncryptionContext from "@keystead/core/domain/EncryptionContext"
import type { DataKeys } from "@keystead/core/envelope/DataKeys"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { names } from "./WrappingKey.ts"

const nonceLength = 12
/** The key's name, the lengths of tag (in bits) and nonce, and room for a nonce. */
const info = new Uint8Array([...Buffer.from(names.keyName), 0, 0, 0, 128, 0, 0, 0, nonceLength, ...new Uint8Array(12)])

/** Wraps each data key with AES-GCM under this cipher, bound to the encryption context. */
export const rawAes = (cipher: AesGcm): DataKeys<never, Crypto> => ({
  generate: Effect.fnUntraced(function*(context) {
    const crypto = yield* Crypto
    const plaintext = yield* crypto.randomBytes(32)
    const nonce = yield* crypto.randomBytes(nonceLength)
    const aad = Result.getOrThrow(EncryptionContext.serialize(context))
    const ciphertext = yield* cipher.seal(nonce, aad, plaintext)
    const providerInfo = info.slice()
    providerInfo.set(nonce, info.length - nonceLength)
    return { plaintext, encrypted: [{ providerId: names.keyNamespace, providerInfo, ciphertext }] }
  }),
  decrypt: Effect.fnUntraced(function*(encrypted, context) {
    const [first] = encrypted
    if (first === undefined) return yield* Effect.die(new Error("A message without data keys"))
    const aad = Result.getOrThrow(EncryptionContext.serialize(context))
    return yield* Effect.orDie(cipher.open(first.providerInfo.subarray(-nonceLength), aad, first.ciphertext))
  })
})
