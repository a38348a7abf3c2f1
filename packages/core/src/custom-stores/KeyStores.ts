/** What the group of custom key stores brings for keys in them: how CreateKey makes such a key, and what it is used with. */
import type * as Effect from "effect/Effect"
import type { CiphertextBlob } from "../crypto/CiphertextBlob.ts"
import type { RootKey } from "../crypto/RootKey.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import type {
  CustomKeyStoreInvalidStateException,
  CustomKeyStoreNotFoundException,
  IntegrityError,
  InvalidCiphertextException,
  KMSInvalidStateException,
  UnsupportedOperationException,
  ValidationException,
  XksKeyAlreadyInUseException,
  XksKeyInvalidConfigurationException,
  XksKeyNotFoundException
} from "../Errors.ts"
import type { Records } from "../interpreter/Records.ts"
import type { Asked, Find, LoadedKey, LoadError, RecordChange } from "../operations/Operation.ts"

/** The outer of the two halves of a key in a custom key store: a key in an external key manager. */
export interface ExternalKey {
  /** Whether the custom key store is connected. */
  readonly connected: boolean
  /** The ciphertext blob, its ciphertext and tag encrypted once more by the external key. */
  readonly wrap: (
    blob: Uint8Array,
    context: Uint8Array,
    operation: string
  ) => Effect.Effect<Uint8Array, ValidationException | KMSInvalidStateException | IntegrityError, RootKey>
  /** The ciphertext and tag that were encrypted by the external key. */
  readonly unwrap: (
    blob: CiphertextBlob,
    context: Uint8Array,
    operation: string
  ) => Effect.Effect<
    Uint8Array,
    ValidationException | KMSInvalidStateException | InvalidCiphertextException | IntegrityError,
    RootKey
  >
}

/** What CreateKey is asked, as far as it tells of a custom key store. */
export interface Wanted {
  readonly Origin?: string | undefined
  readonly CustomKeyStoreId?: string | undefined
  readonly XksKeyId?: string | undefined
  readonly KeySpec?: string | undefined
  readonly CustomerMasterKeySpec?: string | undefined
  readonly KeyUsage?: string | undefined
  readonly MultiRegion?: boolean | undefined
}

/** Why a KMS key cannot be made in a custom key store. */
export type PlacingError =
  | ValidationException
  | UnsupportedOperationException
  | CustomKeyStoreNotFoundException
  | CustomKeyStoreInvalidStateException
  | XksKeyAlreadyInUseException
  | XksKeyInvalidConfigurationException
  | XksKeyNotFoundException
  | IntegrityError

/** What a record has that tells of the external key, and what is changed beside it. */
export interface Placed {
  readonly members: Pick<KeyRecord, "origin" | "externalKey">
  readonly changes: ReadonlyArray<RecordChange>
}

/** The place of a KMS key that is to be made in a custom key store: given its key id, asks for the external key. */
export type Placing = (keyId: string) => Effect.Effect<Placed, PlacingError, RootKey>

export interface KeyStores {
  /** Loads the other half of a key. */
  readonly lend: (records: Records, asked: Asked, key: LoadedKey) => Effect.Effect<ExternalKey, LoadError>
  /** Loads what CreateKey decides on, if it is asked for a key in a custom key store. */
  readonly placing: (wanted: Wanted, find: Find, asked: Asked) => Effect.Effect<Placing | undefined, LoadError>
}
