/**
 * The root key: what a store's records are sealed under. The runtime gives it (a file, a passphrase, a secret binding,
 * a `CryptoKey` that cannot be exported), so the core only ever sees what it can do, never its bytes.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Version } from "../storage/Storage.ts"
import type { NotAuthentic } from "./Crypto.ts"

/** What a root key can do. */
export interface RootKeyUses {
  /** Wraps key material: `nonce || ciphertext || tag` of AES-256-GCM, bound to `aad`. */
  readonly wrap: (plaintext: Uint8Array, aad: Uint8Array) => Effect.Effect<Uint8Array>
  /** Unwraps it, or NotAuthentic if it was changed, moved, or wrapped under another root key. */
  readonly unwrap: (wrapped: Uint8Array, aad: Uint8Array) => Effect.Effect<Uint8Array, NotAuthentic>
  /** HMAC-SHA-256 under a key derived from the root key, 32 bytes. */
  readonly mac: (data: Uint8Array) => Effect.Effect<Uint8Array>
}

/** A store's root key, which may be replaced while it is used (`Rewrap.ts`). */
export interface StoreRootKey extends RootKeyUses {
  /** The root key that this one is replacing: its codes and wrappings still count. */
  readonly former?: RootKeyUses | undefined
  /** The version of the record that tells of it: nobody writes under a root key that was replaced since. */
  readonly recorded?: Version | undefined
  /** Runs a call, in which it is the same root key from the beginning to the end. */
  readonly during?: (<A, E, R>(call: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) | undefined
}

export class RootKey extends Context.Service<RootKey, StoreRootKey>()("@keystead/core/crypto/RootKey") {}

/** What runs a call under one root key, whether or not it is being replaced. */
export const during = (rootKey: StoreRootKey): NonNullable<StoreRootKey["during"]> => rootKey.during ?? ((call) => call)
