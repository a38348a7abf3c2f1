/**
 * The Crypto service: randomness and the primitives that Keystead's constructions are made of.
 *
 * Each host gives a layer of it (`Noble` in this package, `node:crypto` in runtime-node, WebCrypto later), and all
 * layers agree byte for byte. Nothing in Keystead reaches for a primitive or for entropy by another way.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** The bytes were not made with this key, nonce and additional data. It says no more, on purpose. */
export class NotAuthentic extends Data.TaggedError("NotAuthentic") {}

/** What AES-GCM makes of a plaintext: a ciphertext of the same length, and a tag of 16 bytes. */
export interface Sealed {
  readonly ciphertext: Uint8Array
  readonly tag: Uint8Array
}

/** One of several plaintexts to be sealed. */
export interface ToSeal {
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  readonly plaintext: Uint8Array
}

/** One of several ciphertexts to be opened, each with its tag behind it. */
export interface ToOpen {
  readonly nonce: Uint8Array
  readonly aad: Uint8Array
  readonly sealed: Uint8Array
}

/** AES-256-GCM (NIST SP 800-38D) under one key, with 96-bit nonces and 128-bit tags. */
export interface AesGcm {
  /** `ciphertext || tag`. The nonce must never be used twice under the key. */
  readonly seal: (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) => Effect.Effect<Uint8Array>
  /** The same two apart, so that much data need not be copied to stand beside its tag. */
  readonly sealDetached: (nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) => Effect.Effect<Sealed>
  /** The plaintext of `ciphertext || tag`, or NotAuthentic, and then no byte of it. */
  readonly open: (nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) => Effect.Effect<Uint8Array, NotAuthentic>
  /**
   * Seals several, for large ones: a host may work on all of them at once. They are asked for one by one, and the memory of
   * one may be used again for the next.
   */
  readonly sealEach: (all: Iterable<ToSeal>) => Effect.Effect<ReadonlyArray<Sealed>>
  /** Opens several in the same way: the plaintexts in their order, or NotAuthentic if one of them is not. */
  readonly openEach: (all: Iterable<ToOpen>) => Effect.Effect<ReadonlyArray<Uint8Array>, NotAuthentic>
}

/** A key derivation key whose HMAC state is prepared once. */
export interface Derivation {
  /**
   * NIST SP 800-108r1 section 4.1, the KDF in counter mode with HMAC-SHA-256 and a 32-bit counter before the fixed
   * input: `K(i) = HMAC(key, [i]₃₂ || fixedInput)`, cut to `length` bytes (1 to 8,160).
   */
  readonly derive: (fixedInput: Uint8Array, length: number) => Effect.Effect<Uint8Array>
  /** Overwrites the prepared state. Deriving afterwards is a defect. */
  readonly wipe: () => void
}

export class Crypto extends Context.Service<Crypto, {
  /** Bytes from the host's cryptographic random source; a test's layer may seed it. */
  readonly randomBytes: (length: number) => Effect.Effect<Uint8Array>
  /** Prepares AES-256-GCM under a key of 32 bytes, which must stay as it is for as long as the result is used. */
  readonly aesGcm: (key: Uint8Array) => Effect.Effect<AesGcm>
  /** Prepares the counter-mode derivation under a key of 32 bytes or more. The key may be overwritten afterwards. */
  readonly derivation: (key: Uint8Array) => Effect.Effect<Derivation>
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  readonly sha256: (data: Uint8Array) => Effect.Effect<Uint8Array>
  /** HMAC-SHA-256 (RFC 2104), 32 bytes. */
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Effect.Effect<Uint8Array>
  /**
   * HKDF with SHA-512 (RFC 5869), extracted once and expanded for each of the infos, which have at most 1,024 bytes: as
   * many outputs of `length` bytes (1 to 16,320), in their order.
   */
  readonly hkdfSha512Each: (
    key: Uint8Array,
    salt: Uint8Array,
    infos: ReadonlyArray<Uint8Array>,
    length: number
  ) => Effect.Effect<ReadonlyArray<Uint8Array>>
}>()("@keystead/core/crypto/Crypto") {}
