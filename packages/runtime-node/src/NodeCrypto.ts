/**
 * The Crypto service by `node:crypto`, byte for byte the same as the core's noble layer.
 *
 * Every key becomes a KeyObject first: from one, Node starts a cipher or an HMAC in about a microsecond, from bytes it
 * takes eight more. Node overwrites a KeyObject's memory when it is collected. The counter-mode derivation is the
 * core's own, whose prepared state beats an HMAC of `node:crypto` a block.
 */
import * as CounterDerivation from "@keystead/core/crypto/CounterDerivation"
import { type AesGcm, Crypto, type Sealed } from "@keystead/core/crypto/Crypto"
import type { RandomSource } from "@keystead/core/crypto/Noble"
import { oneByOne } from "@keystead/core/crypto/OneByOne"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import {
  maxHkdfLength,
  needAesKey,
  needCount,
  needInfo,
  needLength,
  needNonce,
  tagLength
} from "@keystead/core/crypto/Preconditions"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomFillSync
} from "node:crypto"
import { hkdfSha512 } from "./HkdfSha512.ts"

const algorithm = "aes-256-gcm"
const options = { authTagLength: tagLength }

/** Plain bytes over the same memory: nobody outside should depend on a Buffer. */
const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)

const seal = (key: KeyObject, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Sealed => {
  needNonce(nonce)
  const cipher = createCipheriv(algorithm, key, nonce, options)
  cipher.setAAD(aad)
  const ciphertext = plaintext.length === 0 ? new Uint8Array(0) : plain(cipher.update(plaintext))
  cipher.final()
  return { ciphertext, tag: plain(cipher.getAuthTag()) }
}

const join = ({ ciphertext, tag }: Sealed): Uint8Array => {
  const joined = new Uint8Array(ciphertext.length + tagLength)
  joined.set(ciphertext)
  joined.set(tag, ciphertext.length)
  return joined
}

/** The plaintext, or undefined: what was deciphered of bytes that are not authentic is overwritten. */
const open = (key: KeyObject, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined => {
  needNonce(nonce)
  if (sealed.length < tagLength) return undefined
  const decipher = createDecipheriv(algorithm, key, nonce, options)
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(-tagLength))
  const plaintext = sealed.length === tagLength
    ? new Uint8Array(0)
    : plain(decipher.update(sealed.subarray(0, -tagLength)))
  try {
    decipher.final()
  } catch {
    plaintext.fill(0)
    return undefined
  }
  return plaintext
}

const aesGcm = (bytes: Uint8Array): AesGcm => {
  needAesKey(bytes)
  const key = createSecretKey(bytes)
  return {
    seal: (nonce, aad, plaintext) => Effect.sync(() => join(seal(key, nonce, aad, plaintext))),
    ...oneByOne(
      (nonce, aad, plaintext) => seal(key, nonce, aad, plaintext),
      (nonce, aad, sealed) => open(key, nonce, aad, sealed)
    )
  }
}

const each: Crypto["Service"]["hkdfSha512Each"] = (key, salt, infos, length) =>
  Effect.sync(() => {
    needLength(length, maxHkdfLength)
    infos.forEach(needInfo)
    return hkdfSha512(key, salt, infos, length)
  })

const make = (randomBytes: RandomSource): Crypto["Service"] =>
  Crypto.of({
    randomBytes: (length) =>
      Effect.sync(() => {
        needCount(length)
        return randomBytes(length)
      }),
    aesGcm: (key) => Effect.sync(() => aesGcm(key)),
    derivation: (key) => Effect.sync(() => CounterDerivation.make(key)),
    sha256: (data) => Effect.sync(() => plain(createHash("sha256").update(data).digest())),
    hmacSha256: (key, data) =>
      Effect.sync(() => plain(createHmac("sha256", createSecretKey(key)).update(data).digest())),
    hkdfSha512Each: each
  })

/** The Crypto service by `node:crypto`, entropy included. */
export const layer: Layer.Layer<Crypto> = Layer.sync(Crypto, () => make(pooledRandom(randomFillSync)))

/** The same over another random source, for runs that must repeat. */
export const layerWith = (randomBytes: RandomSource): Layer.Layer<Crypto> => Layer.sync(Crypto, () => make(randomBytes))
