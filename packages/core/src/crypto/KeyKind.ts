/**
 * What stands behind a key spec other than SYMMETRIC_DEFAULT: how keys of it are made, read and used.
 *
 * A group of operations brings the kinds that it is about, in pure JavaScript where noble has them; a host may bring
 * faster ones, which agree with them byte for byte. What an algorithm draws at random comes from the Crypto service.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Algorithms, KeySpec } from "../domain/Specs.ts"
import type { UnsupportedOperationException } from "../Errors.ts"
import type { Crypto, NotAuthentic } from "./Crypto.ts"

/** The bytes are no key of this kind, or not one that may be used. It says no more: they may be secret. */
export class UnusableKey extends Data.TaggedError("UnusableKey") {}

/** A secret in the one form in which it is wrapped, and what may be known of it. */
export interface Secret {
  /**
   * HMAC keys: the raw bytes. All others: PKCS#8 in DER (RFC 5958), ML-DSA and ML-KEM in seed form. Whoever asked for it
   * overwrites it.
   */
  readonly bytes: Uint8Array
  /** SubjectPublicKeyInfo in DER (RFC 5280); of asymmetric keys only. */
  readonly publicKey?: Uint8Array
}

/** What is signed: a message, or what AWS takes in its place. */
export interface Signed {
  /** AWS's name, such as `ECDSA_SHA_256`: one that the kind lists for its usage. */
  readonly algorithm: string
  readonly message: Uint8Array
  /** `DIGEST` has the length of the algorithm's hash, and `EXTERNAL_MU` 64 bytes: the operation has seen to it. */
  readonly messageType: "RAW" | "DIGEST" | "EXTERNAL_MU"
}

/** A private or secret key, ready for use. Each kind has what its usages need. */
export interface PreparedKey {
  /**
   * The signature, in the form that AWS gives: DER for ECDSA, raw bytes for the others. UnsupportedOperationException for a
   * type of message that the host cannot sign; it says what to do.
   */
  readonly sign?: (signed: Signed) => Effect.Effect<Uint8Array, UnsupportedOperationException, Crypto>
  readonly mac?: (message: Uint8Array) => Effect.Effect<Uint8Array>
  readonly decrypt?: (algorithm: string, ciphertext: Uint8Array) => Effect.Effect<Uint8Array, NotAuthentic>
  /** The x coordinate of the shared point (NIST SP 800-56A, 5.7.1.2), of the other's SubjectPublicKeyInfo. */
  readonly agree?: (publicKey: Uint8Array) => Effect.Effect<Uint8Array, UnusableKey>
  /** The shared secret of 32 bytes; UnusableKey for a ciphertext of another length, and nothing else (FIPS 203). */
  readonly decapsulate?: (ciphertext: Uint8Array) => Effect.Effect<Uint8Array, UnusableKey>
  /** Overwrites what can be overwritten. Using it afterwards is a defect. */
  readonly wipe: () => void
}

/** What anybody can do with the public key, SubjectPublicKeyInfo in DER. */
export interface PublicUse {
  readonly verify?: (publicKey: Uint8Array, signed: Signed, signature: Uint8Array) => Effect.Effect<boolean>
  /** The plaintext is not longer than the algorithm takes: the operation has seen to it. */
  readonly encrypt?: (publicKey: Uint8Array, algorithm: string, plaintext: Uint8Array) => Effect.Effect<Uint8Array>
  readonly encapsulate?: (publicKey: Uint8Array) => Effect.Effect<Encapsulated, never, Crypto>
}

/** What ML-KEM.Encaps gives (FIPS 203). */
export interface Encapsulated {
  readonly ciphertext: Uint8Array
  /** 32 bytes. */
  readonly sharedSecret: Uint8Array
}

/** All that can be done with keys of one spec. */
export interface KeyKind extends PublicUse {
  readonly keySpec: KeySpec
  /** What keys of this spec may be for, and with which algorithms, in the order of AWS's model. */
  readonly usages: Algorithms
  /** Makes a new key. */
  readonly generate: Effect.Effect<Secret, never, Crypto>
  /**
   * Reads a secret from outside: PKCS#8 in any of its forms, or the raw bytes of an HMAC key. The same key comes out the
   * same, however it was written.
   */
  readonly read: (bytes: Uint8Array) => Effect.Effect<Secret, UnusableKey>
  /** Makes a secret of this kind ready for use. Its bytes may be overwritten afterwards. */
  readonly prepare: (bytes: Uint8Array) => Effect.Effect<PreparedKey>
}

/** A kind whose keys sign, among whatever else they do: what it has for certain. */
export interface SigningKind extends KeyKind {
  readonly verify: NonNullable<PublicUse["verify"]>
  readonly prepare: (bytes: Uint8Array) => Effect.Effect<PreparedKey & Required<Pick<PreparedKey, "sign">>>
}

/** A kind whose keys are encapsulated for. */
export interface EncapsulatingKind extends KeyKind {
  readonly encapsulate: NonNullable<PublicUse["encapsulate"]>
}
