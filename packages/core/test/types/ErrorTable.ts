/**
 * The errors of each operation, spelled out: `Errors.test-d.ts` proves that the error channels are exactly these, and
 * `Errors.test.ts` that AWS's model declares those that it knows. docs/operations.md is made from it.
 */
import type { OperationName } from "@keystead/core/operations/Registry"

/** What every operation can give. */
const all = ["ValidationException", "AccessDeniedException"] as const

/** What reading and writing the store can give. */
const store = [...all, "StorageError", "IntegrityError", "DependencyTimeoutException"] as const

/** What an operation on a key can give, whatever the key's state. */
const key = [...store, "NotFoundException"] as const

/** What is refused while a deletion is pending. */
const pending = [...key, "KMSInvalidStateException"] as const

/** What is refused to a key that is not enabled. */
const enabled = [...pending, "DisabledException"] as const

/** What uses key material. */
const cryptographic = [...enabled, "InvalidGrantTokenException", "DryRunOperationException"] as const

const rotation = [...enabled, "UnsupportedOperationException"] as const

export const errorTable = {
  CancelKeyDeletion: pending,
  CreateAlias: [...pending, "NotAuthorizedException", "AlreadyExistsException", "LimitExceededException"],
  CreateKey: [
    ...store,
    "UnsupportedOperationException",
    "LimitExceededException",
    "MalformedPolicyDocumentException",
    "TagException"
  ],
  Decrypt: [
    ...cryptographic,
    "InvalidKeyUsageException",
    "IncorrectKeyException",
    "InvalidCiphertextException",
    "UnsupportedOperationException"
  ],
  DeleteAlias: [...key, "NotAuthorizedException"],
  DescribeKey: [...key, "InvalidGrantTokenException"],
  DisableKey: pending,
  DisableKeyRotation: rotation,
  EnableKey: pending,
  EnableKeyRotation: rotation,
  Encrypt: [...cryptographic, "InvalidKeyUsageException"],
  GenerateDataKey: [...cryptographic, "UnsupportedOperationException"],
  GenerateDataKeyWithoutPlaintext: cryptographic,
  GenerateRandom: [...all, "UnsupportedOperationException"],
  GetKeyPolicy: key,
  GetKeyRotationStatus: [...key, "UnsupportedOperationException"],
  ListAliases: [...key, "InvalidMarkerException"],
  ListKeyPolicies: [...key, "InvalidMarkerException"],
  ListKeyRotations: [...key, "InvalidMarkerException", "UnsupportedOperationException"],
  ListKeys: [...store, "InvalidMarkerException"],
  ListResourceTags: [...key, "InvalidMarkerException"],
  PutKeyPolicy: [...key, "LimitExceededException", "MalformedPolicyDocumentException"],
  ReEncrypt: [...cryptographic, "InvalidKeyUsageException", "IncorrectKeyException", "InvalidCiphertextException"],
  RotateKeyOnDemand: [...rotation, "ConflictException", "LimitExceededException"],
  ScheduleKeyDeletion: pending,
  TagResource: [...pending, "TagException"],
  UntagResource: [...pending, "TagException"],
  UpdateAlias: [...pending, "NotAuthorizedException", "LimitExceededException"],
  UpdateKeyDescription: pending
} as const satisfies { readonly [Name in OperationName]: ReadonlyArray<string> }
