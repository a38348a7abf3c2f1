/**
 * The Crypto service in pure JavaScript, by the audited @noble libraries: it works wherever ECMAScript does.
 *
 * Everything in it is synchronous. Entropy is not noble's to give, so the layer takes the host's random source.
 */
import { gcm } from "@noble/ciphers/aes.js"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type AesGcm, Crypto, type Sealed } from "./Crypto.ts"
import * as NobleHashes from "./NobleHashes.ts"
import { oneByOne } from "./OneByOne.ts"
import { needAesKey, needNonce, tagLength } from "./Preconditions.ts"

/** A source of random bytes: exactly `length` of them, fresh on each call. */
export type RandomSource = NobleHashes.RandomSource

const aesGcm = (key: Uint8Array): AesGcm => {
  needAesKey(key)
  const seal = (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array => {
    needNonce(nonce)
    return gcm(key, nonce, aad).encrypt(plaintext)
  }
  const detached = (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Sealed => {
    const sealed = seal(nonce, aad, plaintext)
    return { ciphertext: sealed.subarray(0, -tagLength), tag: sealed.subarray(-tagLength) }
  }
  const open = (nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined => {
    needNonce(nonce)
    try {
      return gcm(key, nonce, aad).decrypt(sealed)
    } catch {
      return undefined
    }
  }
  return {
    seal: (nonce, aad, plaintext) => Effect.sync(() => seal(nonce, aad, plaintext)),
    ...oneByOne(detached, open)
  }
}

/** The service itself, for layers that take a part of it from elsewhere. */
export const make = (randomBytes: RandomSource): Crypto["Service"] =>
  Crypto.of({ ...NobleHashes.make(randomBytes), aesGcm: (key) => Effect.sync(() => aesGcm(key)) })

/** The Crypto service by noble, over the host's random source. */
export const layer = (randomBytes: RandomSource): Layer.Layer<Crypto> => Layer.succeed(Crypto, make(randomBytes))
