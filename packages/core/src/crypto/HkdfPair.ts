/** Two keys out of one secret, which is what everything here derives with HKDF. */
import * as Effect from "effect/Effect"
import { Crypto } from "./Crypto.ts"

/** HKDF with SHA-512 (RFC 5869) for two infos: two outputs of `length` bytes (1 to 16,320), in their order. */
export const hkdfPair = Effect.fnUntraced(
  function*(secret: Uint8Array, salt: Uint8Array, infos: readonly [Uint8Array, Uint8Array], length: number) {
    const [first, second] = yield* (yield* Crypto).hkdfSha512Each(secret, salt, infos, length)
    if (first === undefined || second === undefined) {
      return yield* Effect.die(new Error("HKDF gave fewer outputs than it was given infos"))
    }
    return [first, second] as const
  }
)
