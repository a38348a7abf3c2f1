/**
 * Every typed error of Keystead.
 *
 * Names, faults and HTTP traits are those of the AWS KMS API model (`@aws-sdk/client-kms`); the common errors that
 * AWS answers without modelling them (`ValidationException`, `AccessDeniedException`, …) are here too, and so are the
 * errors of a store, which AWS has no name for. An error carries nothing but a message, and no message carries a secret.
 */
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"

/** Whose fault an error is, as AWS's model says: `client` errors need another request, `server` errors may be retried. */
export type Fault = "client" | "server"

interface Traits {
  readonly fault: Fault
  /** The HTTP status of the model's trait. On the wire AWS answers 400 for every client fault. */
  readonly status: number
}

/** What every error of the KMS API has. */
export interface KmsError<Tag extends string> extends Cause.YieldableError {
  readonly _tag: Tag
  /** AWS SDK for JavaScript's name for the fault. */
  readonly $fault: Fault
  /** The HTTP status of AWS's model. */
  readonly status: number
  /** Whether the same request may succeed later, with nothing changed. */
  readonly retryable: boolean
}

/** AWS leaves some messages out altogether: then `message` is the empty string. */
type KmsErrorClass<Tag extends string> = new(members?: { readonly message: string }) => KmsError<Tag>

const make = <const Tag extends string>(tag: Tag, traits: Traits): KmsErrorClass<Tag> =>
  class extends Data.TaggedError(tag)<{ readonly message: string }> {
    readonly $fault: Fault = traits.fault
    readonly status: number = traits.status
    constructor(members: { readonly message: string } = { message: "" }) {
      super(members)
    }
    get retryable(): boolean {
      return traits.fault === "server"
    }
  }

const client = <const Tag extends string>(tag: Tag, status = 400) => make(tag, { fault: "client", status })
const server = <const Tag extends string>(tag: Tag, status = 500) => make(tag, { fault: "server", status })

// --- Modelled by AWS KMS ---

/** The alias or other resource exists already. Choose another name. */
export class AlreadyExistsException extends /* @__PURE__ */ client("AlreadyExistsException", 409) {}
/** Another change of the same thing is under way or about to start. Try later. */
export class ConflictException extends /* @__PURE__ */ client("ConflictException", 409) {}
/** A part that the service depends on did not answer in time. Try again. */
export class DependencyTimeoutException extends /* @__PURE__ */ server("DependencyTimeoutException", 503) {}
/** The KMS key is disabled. Enable it with EnableKey first. */
export class DisabledException extends /* @__PURE__ */ client("DisabledException", 409) {}
/** Everything was valid, and nothing was done, because the request asked for a dry run. */
export class DryRunOperationException extends /* @__PURE__ */ client("DryRunOperationException", 412) {}
/** The named KMS key is not the one that made the ciphertext. */
export class IncorrectKeyException extends /* @__PURE__ */ client("IncorrectKeyException") {}
/** The ciphertext was changed, was cut, was made with another encryption context, or is no ciphertext at all. */
export class InvalidCiphertextException extends /* @__PURE__ */ client("InvalidCiphertextException") {}
/** A grant token names no grant that is in force. */
export class InvalidGrantTokenException extends /* @__PURE__ */ client("InvalidGrantTokenException") {}
/** The token was made more than 24 hours ago. Get new parameters with GetParametersForImport. */
export class ExpiredImportTokenException extends /* @__PURE__ */ client("ExpiredImportTokenException") {}
/** The key material is not the one that may be imported, or has expired. */
export class IncorrectKeyMaterialException extends /* @__PURE__ */ client("IncorrectKeyMaterialException") {}
/** The ARN is not one of a resource that the operation is about. */
export class InvalidArnException extends /* @__PURE__ */ client("InvalidArnException") {}
/** No grant of the key has this id. */
export class InvalidGrantIdException extends /* @__PURE__ */ client("InvalidGrantIdException") {}
/** The token was made for another KMS key, or by another Keystead, or was changed. */
export class InvalidImportTokenException extends /* @__PURE__ */ client("InvalidImportTokenException") {}
/** The code is not that of this message under this key. */
export class KMSInvalidMacException extends /* @__PURE__ */ client("KMSInvalidMacException") {}
/** The signature is not that of this message under this key. */
export class KMSInvalidSignatureException extends /* @__PURE__ */ client("KMSInvalidSignatureException") {}
/** The KMS key's KeyUsage or KeySpec does not fit the operation. */
export class InvalidKeyUsageException extends /* @__PURE__ */ client("InvalidKeyUsageException") {}
/** The marker was not given by this operation, for this listing. Start the listing anew, without a marker. */
export class InvalidMarkerException extends /* @__PURE__ */ client("InvalidMarkerException") {}
/** The KMS key cannot be used here and now: its key store, or what stands behind its spec, is not at hand. */
export class KeyUnavailableException extends /* @__PURE__ */ server("KeyUnavailableException") {}
/** The KMS key's state does not allow the operation. */
export class KMSInvalidStateException extends /* @__PURE__ */ client("KMSInvalidStateException", 409) {}
/** A quota is reached. */
export class LimitExceededException extends /* @__PURE__ */ client("LimitExceededException") {}
/** The key policy is not valid, or would lock its own writer out. */
export class MalformedPolicyDocumentException extends /* @__PURE__ */ client("MalformedPolicyDocumentException") {}
/** The KMS key, alias, or policy does not exist here. */
export class NotFoundException extends /* @__PURE__ */ client("NotFoundException", 404) {}
/** A tag is not valid, is given twice, or is one too many. */
export class TagException extends /* @__PURE__ */ client("TagException") {}
/** The operation, or what it was asked to do, is not supported for this KMS key. */
export class UnsupportedOperationException extends /* @__PURE__ */ client("UnsupportedOperationException") {}

/** Custom key stores with KMS keys cannot be deleted. Delete its keys with ScheduleKeyDeletion, and wait until they are gone. */
export class CustomKeyStoreHasCMKsException extends /* @__PURE__ */ client("CustomKeyStoreHasCMKsException") {}
/** The custom key store's connection state does not allow the operation. */
export class CustomKeyStoreInvalidStateException
  extends /* @__PURE__ */ client("CustomKeyStoreInvalidStateException")
{}
/** Another custom key store of the account has this name. Choose another one. */
export class CustomKeyStoreNameInUseException extends /* @__PURE__ */ client("CustomKeyStoreNameInUseException") {}
/** No custom key store has this name or id. */
export class CustomKeyStoreNotFoundException extends /* @__PURE__ */ client("CustomKeyStoreNotFoundException") {}
/** Another KMS key of the custom key store has this external key. */
export class XksKeyAlreadyInUseException extends /* @__PURE__ */ client("XksKeyAlreadyInUseException") {}
/** The external key is no enabled 256-bit AES key for encryption and decryption. */
export class XksKeyInvalidConfigurationException
  extends /* @__PURE__ */ client("XksKeyInvalidConfigurationException")
{}
/** The external key manager has no key of this id. */
export class XksKeyNotFoundException extends /* @__PURE__ */ client("XksKeyNotFoundException") {}
/** The external key store proxy does not know the credential. */
export class XksProxyIncorrectAuthenticationCredentialException
  extends /* @__PURE__ */ client("XksProxyIncorrectAuthenticationCredentialException")
{}
/** The external key store proxy is not configured rightly, or its URI path is wrong. */
export class XksProxyInvalidConfigurationException
  extends /* @__PURE__ */ client("XksProxyInvalidConfigurationException")
{}
/** What the external key store proxy answers is not what its API says. */
export class XksProxyInvalidResponseException extends /* @__PURE__ */ client("XksProxyInvalidResponseException") {}
/** Another external key store of the account uses this endpoint and path. */
export class XksProxyUriInUseException extends /* @__PURE__ */ client("XksProxyUriInUseException") {}
/** The external key store proxy cannot be reached, does not answer in time, or has no key manager behind it. */
export class XksProxyUriUnreachableException extends /* @__PURE__ */ client("XksProxyUriUnreachableException") {}

// --- Common errors, which AWS answers without modelling them ---

/** The caller may not do this: no statement allows it, or one denies it. */
export class AccessDeniedException extends /* @__PURE__ */ client("AccessDeniedException") {}
/** The name belongs to AWS managed keys. */
export class NotAuthorizedException extends /* @__PURE__ */ client("NotAuthorizedException") {}
/** The request is no JSON object, or a member of it cannot be read: it has no value that could be looked at. */
export class SerializationException extends /* @__PURE__ */ client("SerializationException") {}
/** A member of the request is missing, or has a value that its constraint forbids. */
export class ValidationException extends /* @__PURE__ */ client("ValidationException") {}

// --- The store's own ---

/** What a store could not do. */
export type StorageFailure =
  /** No space is left. */
  | "Full"
  /** The store may not be written here. */
  | "ReadOnly"
  /** What is stored is no record: cut short, or changed. */
  | "Corrupt"
  /** The store does not answer, or another writer holds it for too long. */
  | "Unavailable"
  /** The record's id or size is not one that the store takes. */
  | "Unacceptable"
  /** The place holds something that this version of Keystead does not know: a newer store, or no store at all. */
  | "Incompatible"

/**
 * The store could not read or write. Nothing that was asked for in the failed call has happened.
 *
 * `message` names the file or place and what to do; `reason` is for programs.
 */
export class StorageError extends /* @__PURE__ */ Data.TaggedError("StorageError")<{
  readonly reason: StorageFailure
  readonly message: string
  /** What is wrong, where a place can be named: a file's path, a record's id. */
  readonly place?: string
}> {}

/**
 * A stored record does not carry the code that its root key gives it: it was changed outside Keystead, or belongs to
 * another root key. It is not used. Restore it from a backup, or open the store with the root key that wrote it.
 */
export class IntegrityError extends /* @__PURE__ */ Data.TaggedError("IntegrityError")<{
  readonly message: string
  /** The record's id. */
  readonly place: string
}> {}

/** What is wrong with a root key. */
export type RootKeyFailure =
  /** The store has records, and its root key is not where it should be. */
  | "Missing"
  /** It is another store's root key, or another passphrase. */
  | "Wrong"
  /** Others than its owner may read the file. */
  | "Unprotected"
  /** The file holds no root key, or cannot be read. */
  | "Unreadable"
  /** It is being replaced by another, and that is not complete. */
  | "Replacing"

/** The store's root key cannot be had. Nothing of the store was used or changed. */
export class RootKeyError extends /* @__PURE__ */ Data.TaggedError("RootKeyError")<{
  readonly reason: RootKeyFailure
  readonly message: string
}> {}

/** What is wrong with a backup. */
export type BackupFailure =
  /** The bytes are none. */
  | "NotABackup"
  /** A newer version of Keystead wrote it. */
  | "Incompatible"
  /** It is not as it was written. */
  | "Changed"
  /** The store that it should go into has keys. */
  | "NotEmpty"

/** A backup cannot be restored. Nothing of the store was changed. */
export class BackupError extends /* @__PURE__ */ Data.TaggedError("BackupError")<{
  readonly reason: BackupFailure
  readonly message: string
}> {}

/**
 * What attestations are verified with cannot be had: a root certificate is none, or may not be one. `message` says which,
 * and what to do. Nothing was opened.
 */
export class RecipientsError
  extends /* @__PURE__ */ Data.TaggedError("RecipientsError")<{ readonly message: string }>
{}
