/**
 * HMAC keys (RFC 2104, FIPS 198-1) with SHA-224, SHA-256, SHA-384 and SHA-512.
 *
 * A new key is as long as the hash's output. An imported one may be longer, up to the hash's block, as AWS documents
 * it: HMAC would hash a still longer one down to less (RFC 2104, section 3).
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha224, sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import type { CHash } from "@noble/hashes/utils.js"
import * as Effect from "effect/Effect"
import type { MacAlgorithm } from "../../domain/Specs.ts"
import { Crypto } from "../Crypto.ts"
import { type KeyKind, type PreparedKey, UnusableKey } from "../KeyKind.ts"

const prepare = (hash: CHash, key: Uint8Array): PreparedKey => {
  const keyed = hmac.create(hash, key)
  return {
    mac: (message) => Effect.sync(() => keyed.clone().update(message).digest()),
    wipe: () => keyed.destroy()
  }
}

const make = (keySpec: KeyKind["keySpec"], algorithm: MacAlgorithm, hash: CHash): KeyKind => ({
  keySpec,
  usages: { GENERATE_VERIFY_MAC: [algorithm] },
  generate: Effect.map(Crypto.use((crypto) => crypto.randomBytes(hash.outputLen)), (bytes) => ({ bytes })),
  read: (bytes) =>
    Effect.suspend(() =>
      bytes.length >= hash.outputLen && bytes.length <= hash.blockLen
        ? Effect.succeed({ bytes: bytes.slice() })
        : Effect.fail(new UnusableKey())
    ),
  prepare: (bytes) => Effect.sync(() => prepare(hash, bytes))
})

/** HMAC_224, HMAC_256, HMAC_384 and HMAC_512: each for MACs by its one algorithm. */
export const hmacKinds: ReadonlyArray<KeyKind> = [
  make("HMAC_224", "HMAC_SHA_224", sha224),
  make("HMAC_256", "HMAC_SHA_256", sha256),
  make("HMAC_384", "HMAC_SHA_384", sha384),
  make("HMAC_512", "HMAC_SHA_512", sha512)
]
