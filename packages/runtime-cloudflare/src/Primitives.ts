/**
 * The primitives of a Worker: AES by the host, and noble's for the rest, over the host's entropy. Small plaintexts go by the
 * host, too: noble would make its tables for AES first, as the isolate starts.
 */
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as NobleHashes from "@keystead/core/crypto/NobleHashes"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import { needAesKey } from "@keystead/core/crypto/Preconditions"
import { subtleAesGcm } from "@keystead/webcrypto/SubtleAesGcm"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

const make = () =>
  Context.make(
    Crypto,
    Crypto.of({
      ...NobleHashes.make(pooledRandom((bytes) => crypto.getRandomValues(bytes))),
      aesGcm: (key) =>
        Effect.sync(() => {
          needAesKey(key)
          return subtleAesGcm(crypto.subtle, key)
        })
    })
  )

let made: Context.Context<Crypto> | undefined

/** Made when they are first needed. */
export const primitives = (): Context.Context<Crypto> => made ??= make()
