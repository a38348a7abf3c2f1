/**
 * The Crypto service of Deno: AES-256-GCM by SubtleCrypto for what is large, by `node:crypto` for what is small, and noble's
 * for the rest. Byte for byte the same as every other layer.
 */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as NobleHashes from "@keystead/core/crypto/NobleHashes"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import { bySize } from "@keystead/webcrypto/BySize"
import { fillRandom } from "@keystead/webcrypto/Entropy"
import { subtleAesGcm } from "@keystead/webcrypto/SubtleAesGcm"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { smallAesGcm } from "./SmallAesGcm.ts"

const make = (randomBytes: NobleHashes.RandomSource): Crypto["Service"] =>
  Crypto.of({
    ...NobleHashes.make(randomBytes),
    aesGcm: (key) => Effect.sync(() => bySize(subtleAesGcm(crypto.subtle, key), smallAesGcm(key)))
  })

/** Deno's own primitives, entropy included. */
export const layer: Layer.Layer<Crypto> = Layer.sync(Crypto, () => make(pooledRandom(fillRandom)))

/** The same over another random source, for runs that must repeat. */
export const layerWith = (randomBytes: NobleHashes.RandomSource): Layer.Layer<Crypto> =>
  Layer.sync(Crypto, () => make(randomBytes))
