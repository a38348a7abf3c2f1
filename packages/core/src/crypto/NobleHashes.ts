/**
 * The Crypto service but for AES, in pure JavaScript by the audited @noble libraries: for hosts that have AES of their own,
 * and start the sooner without noble's tables for it.
 */
import { expand, extract } from "@noble/hashes/hkdf.js"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256, sha512 } from "@noble/hashes/sha2.js"
import * as Effect from "effect/Effect"
import * as CounterDerivation from "./CounterDerivation.ts"
import type { Crypto } from "./Crypto.ts"
import { maxHkdfLength, needCount, needInfo, needLength } from "./Preconditions.ts"

/** A source of random bytes: exactly `length` of them, fresh on each call. */
export type RandomSource = (length: number) => Uint8Array

const each: Crypto["Service"]["hkdfSha512Each"] = (key, salt, infos, length) =>
  Effect.sync(() => {
    needLength(length, maxHkdfLength)
    infos.forEach(needInfo)
    const pseudorandomKey = extract(sha512, key, salt)
    const outputs = infos.map((info) => expand(sha512, pseudorandomKey, info, length))
    pseudorandomKey.fill(0)
    return outputs
  })

/** All but AES, over the host's random source. */
export const make = (randomBytes: RandomSource): Omit<Crypto["Service"], "aesGcm"> => ({
  randomBytes: (length) =>
    Effect.sync(() => {
      needCount(length)
      return randomBytes(length)
    }),
  derivation: (key) => Effect.sync(() => CounterDerivation.make(key)),
  sha256: (data) => Effect.sync(() => sha256(data)),
  hmacSha256: (key, data) => Effect.sync(() => hmac(sha256, key, data)),
  hkdfSha512Each: each
})
