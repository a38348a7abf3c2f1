/** A way to encrypt under keys other than Keystead's own symmetric ones; groups of operations bring them. */
import type * as Effect from "effect/Effect"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import type {
  IntegrityError,
  InvalidCiphertextException,
  InvalidKeyUsageException,
  KeyUnavailableException,
  ValidationException
} from "../Errors.ts"
import type { Services } from "../operations/Operation.ts"

/** How a request asks to encrypt or decrypt. */
export interface How {
  readonly algorithm: string | undefined
  readonly context: EncryptionContext | undefined
  /** The operation's name, for the refusal of a key of another usage. */
  readonly operation: string
}

/** Encrypted bytes, and the material they were made with, which only symmetric keys tell. */
export interface Encrypted {
  readonly blob: Uint8Array
  readonly materialId?: string
}

/** Plain bytes, and the material that their ciphertext was made with, which only symmetric keys tell. */
export interface Decrypted {
  readonly plaintext: Uint8Array
  readonly materialId?: string
}

/** What can be wrong with a request, or with the key. */
export type CipherError = ValidationException | InvalidKeyUsageException | KeyUnavailableException | IntegrityError

/** A way to encrypt under keys of some kind, whose usage is known to be ENCRYPT_DECRYPT. */
export interface KeyCipher {
  readonly fits: (key: KeyRecord) => boolean
  /** Refuses a request that does not fit the key. */
  readonly check: (key: KeyRecord, how: How) => Effect.Effect<void, CipherError, Services>
  /** The request has been checked. */
  readonly encrypt: (
    key: KeyRecord,
    how: How,
    plaintext: Uint8Array
  ) => Effect.Effect<Encrypted, CipherError, Services>
  /** The request has been checked. InvalidCiphertextException, without a word more, for what the key did not make. */
  readonly decrypt: (
    key: KeyRecord,
    how: How,
    ciphertext: Uint8Array
  ) => Effect.Effect<Decrypted, CipherError | InvalidCiphertextException, Services>
}
