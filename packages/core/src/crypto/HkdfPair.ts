/** Two keys out of one secret, which is what everything here derives with HKDF. */
import * as Effect from "effect/Effect"
import type { Crypto } from "./Crypto.ts"

/** HKDF with SHA-512 (RFC 5869) for two infos: two outputs of `length` bytes (1 to 16,320), in their order. */
export const hkdfPair = (
  crypto: Crypto["Service"],
  secret: Uint8Array,
  salt: Uint8Array,
  infos: readonly [Uint8Array, Uint8Array],
  length: number
): Effect.Effect<readonly [Uint8Array, Uint8Array]> =>
  Effect.map(crypto.hkdfSha512Each(secret, salt, infos, length), ([first, second]) => {
    if (first === undefined || second === undefined) throw new Error("HKDF gave too few keys")
    return [first, second]
  })
