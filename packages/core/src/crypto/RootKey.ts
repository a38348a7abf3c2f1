/**
 * The root key: what a store's records are sealed under. The runtime gives it (a file, a passphrase, a secret binding,
 * a `CryptoKey` that cannot be exported), so the core only ever sees what it can do, never its bytes.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { NotAuthentic } from "./Crypto.ts"

export class RootKey extends Context.Service<RootKey, {
  /** Wraps key material: `nonce || ciphertext || tag` of AES-256-GCM, bound to `aad`. */
  readonly wrap: (plaintext: Uint8Array, aad: Uint8Array) => Effect.Effect<Uint8Array>
  /** Unwraps it, or NotAuthentic if it was changed, moved, or wrapped under another root key. */
  readonly unwrap: (wrapped: Uint8Array, aad: Uint8Array) => Effect.Effect<Uint8Array, NotAuthentic>
  /** HMAC-SHA-256 under a key derived from the root key, 32 bytes. */
  readonly mac: (data: Uint8Array) => Effect.Effect<Uint8Array>
}>()("@keystead/core/crypto/RootKey") {}
