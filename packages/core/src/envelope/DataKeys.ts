/** Where the data keys of messages come from: a KMS, or a key that the program holds. */
import type * as Effect from "effect/Effect"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"

/** A data key as a message carries it, encrypted. */
export interface EncryptedDataKey {
  /** Who can decrypt it, such as `aws-kms`. At most 65,535 bytes of UTF-8. */
  readonly providerId: string
  /** What that provider needs to know, such as the key's ARN in UTF-8. At most 65,535 bytes. */
  readonly providerInfo: Uint8Array
  /** The encrypted key. At most 65,535 bytes. */
  readonly ciphertext: Uint8Array
}

/** A new data key, clear and encrypted. */
export interface DataKey {
  /** 32 secret bytes. Whoever gives them away keeps no reference: the envelope overwrites them when it is done. */
  readonly plaintext: Uint8Array
  /** The same key, encrypted for everyone who shall be able to decrypt the message; one or more. */
  readonly encrypted: ReadonlyArray<EncryptedDataKey>
}

/** Gives data keys for new messages. It may fail with errors of its own, and need services of its own. */
export interface NewDataKeys<E = never, R = never> {
  /** A new data key, each of whose encryptions is bound to the context. */
  readonly generate: (context: EncryptionContext) => Effect.Effect<DataKey, E, R>
}

/** Decrypts the data keys of messages. It may fail with errors of its own, and need services of its own. */
export interface OldDataKeys<E = never, R = never> {
  /**
   * The data key of a message, from whichever of its encrypted data keys can be decrypted. The 32 bytes belong to the
   * envelope, which overwrites them.
   */
  readonly decrypt: (
    encrypted: ReadonlyArray<EncryptedDataKey>,
    context: EncryptionContext
  ) => Effect.Effect<Uint8Array, E, R>
}

/** A source of data keys for both. */
export interface DataKeys<E = never, R = never> extends NewDataKeys<E, R>, OldDataKeys<E, R> {}
