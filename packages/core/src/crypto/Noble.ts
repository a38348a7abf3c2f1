/**
 * The Crypto service in pure JavaScript, by the audited @noble libraries: it works wherever ECMAScript does.
 *
 * Everything in it is synchronous. Entropy is not noble's to give, so the layer takes the host's random source.
 */
import { gcm } from "@noble/ciphers/aes.js"
import { expand, extract } from "@noble/hashes/hkdf.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CounterDerivation from "./CounterDerivation.ts"
import { type AesGcm, Crypto, NotAuthentic } from "./Crypto.ts"
import { maxHkdfLength, needAesKey, needCount, needInfo, needLength, needNonce, tagLength } from "./Preconditions.ts"

/** A source of random bytes: exactly `length` of them, fresh on each call. */
export type RandomSource = (length: number) => Uint8Array

const aesGcm = (key: Uint8Array): AesGcm => {
  needAesKey(key)
  const seal = (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array => {
    needNonce(nonce)
    return gcm(key, nonce, aad).encrypt(plaintext)
  }
  return {
    seal: (nonce, aad, plaintext) => Effect.sync(() => seal(nonce, aad, plaintext)),
    sealDetached: (nonce, aad, plaintext) =>
      Effect.sync(() => {
        const sealed = seal(nonce, aad, plaintext)
        return { ciphertext: sealed.subarray(0, -tagLength), tag: sealed.subarray(-tagLength) }
      }),
    open: (nonce, aad, sealed) =>
      Effect.suspend(() => {
        needNonce(nonce)
        try {
          return Effect.succeed(gcm(key, nonce, aad).decrypt(sealed))
        } catch {
          return Effect.fail(new NotAuthentic())
        }
      })
  }
}

const each: Crypto["Service"]["hkdfSha512Each"] = (key, salt, infos, length) =>
  Effect.sync(() => {
    needLength(length, maxHkdfLength)
    infos.forEach(needInfo)
    const pseudorandomKey = extract(sha512, key, salt)
    const outputs = infos.map((info) => expand(sha512, pseudorandomKey, info, length))
    pseudorandomKey.fill(0)
    return outputs
  })

/** The service itself, for layers that take a part of it from elsewhere. */
export const make = (randomBytes: RandomSource): Crypto["Service"] =>
  Crypto.of({
    randomBytes: (length) =>
      Effect.sync(() => {
        needCount(length)
        return randomBytes(length)
      }),
    aesGcm: (key) => Effect.sync(() => aesGcm(key)),
    derivation: (key) => Effect.sync(() => CounterDerivation.make(key)),
    sha256: (data) => Effect.sync(() => sha256(data)),
    hmacSha256: (key, data) => Effect.sync(() => hmac(sha256, key, data)),
    hkdfSha512Each: each
  })

/** The Crypto service by noble, over the host's random source. */
export const layer = (randomBytes: RandomSource): Layer.Layer<Crypto> => Layer.succeed(Crypto, make(randomBytes))
