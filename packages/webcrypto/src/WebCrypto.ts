/**
 * The Crypto service by a host's WebCrypto, byte for byte the same as the core's noble layer: for Deno, workerd and
 * browsers, and for Bun and Node.
 *
 * AES-256-GCM over a kilobyte and more goes by SubtleCrypto. Everything else is as small as noble is fast at, and done
 * without waiting (docs/decisions/0017-webcrypto-by-size.md).
 */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { bySize } from "./BySize.ts"
import { fillRandom } from "./Entropy.ts"
import { subtleAesGcm } from "./SubtleAesGcm.ts"

/**
 * This host has no `crypto.subtle`. Browsers give it to secure contexts alone: others would have somebody on the network
 * write the program that holds the keys.
 */
export class NoSubtleCrypto extends Data.TaggedError("NoSubtleCrypto") {
  override readonly message =
    "There is no crypto.subtle here. Serve the page over HTTPS or from localhost: a browser gives it to no others."
}

// To a page that is not a secure context it is undefined, whatever its type says.
const subtleOf = ({ subtle }: { readonly subtle?: SubtleCrypto }): Effect.Effect<SubtleCrypto, NoSubtleCrypto> =>
  subtle === undefined ? Effect.fail(new NoSubtleCrypto()) : Effect.succeed(subtle)

const make = (randomBytes: () => Noble.RandomSource): Layer.Layer<Crypto, NoSubtleCrypto> =>
  Layer.effect(
    Crypto,
    Effect.map(Effect.suspend(() => subtleOf(crypto)), (subtle) => {
      const noble = Noble.make(randomBytes())
      return Crypto.of({
        ...noble,
        aesGcm: (key) => Effect.map(noble.aesGcm(key), (small) => bySize(subtleAesGcm(subtle, key), small))
      })
    })
  )

/** The Crypto service by WebCrypto, entropy included. NoSubtleCrypto where there is none. */
export const layer: Layer.Layer<Crypto, NoSubtleCrypto> = make(() => pooledRandom(fillRandom))

/** The same over another random source, for runs that must repeat. */
export const layerWith = (randomBytes: Noble.RandomSource): Layer.Layer<Crypto, NoSubtleCrypto> =>
  make(() => randomBytes)
