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

/** What uses a key for what it is for. */
const use = [...cryptographic, "InvalidKeyUsageException", "KeyUnavailableException"] as const

const rotation = [...enabled, "UnsupportedOperationException"] as const

/** What is about a custom key store that is there already. */
const customStore = [...store, "CustomKeyStoreNotFoundException", "CustomKeyStoreInvalidStateException"] as const

/** What sees whether the proxy of a custom key store is as it should be. */
const proxy = [
  ...store,
  "UnsupportedOperationException",
  "CustomKeyStoreNameInUseException",
  "XksProxyIncorrectAuthenticationCredentialException",
  "XksProxyInvalidConfigurationException",
  "XksProxyInvalidResponseException",
  "XksProxyUriInUseException",
  "XksProxyUriUnreachableException"
] as const

export const errorTable = {
  CancelKeyDeletion: pending,
  CreateAlias: [...pending, "NotAuthorizedException", "AlreadyExistsException", "LimitExceededException"],
  ConnectCustomKeyStore: customStore,
  CreateCustomKeyStore: [...proxy, "LimitExceededException"],
  CreateGrant: [
    ...enabled,
    "DryRunOperationException",
    "InvalidArnException",
    "InvalidGrantTokenException",
    "LimitExceededException"
  ],
  CreateKey: [
    ...customStore,
    "XksKeyAlreadyInUseException",
    "XksKeyInvalidConfigurationException",
    "XksKeyNotFoundException",
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
    "KeyUnavailableException",
    "UnsupportedOperationException"
  ],
  Decapsulate: [...use, "InvalidCiphertextException"],
  DeleteCustomKeyStore: [...customStore, "CustomKeyStoreHasCMKsException"],
  DeleteAlias: [...key, "NotAuthorizedException"],
  DeleteImportedKeyMaterial: [...pending, "UnsupportedOperationException"],
  DeriveSharedSecret: [...use, "UnsupportedOperationException"],
  DescribeCustomKeyStores: [
    ...all,
    "StorageError",
    "IntegrityError",
    "CustomKeyStoreNotFoundException",
    "InvalidMarkerException"
  ],
  DescribeKey: [...key, "InvalidGrantTokenException"],
  DisconnectCustomKeyStore: customStore,
  DisableKey: pending,
  DisableKeyRotation: rotation,
  EnableKey: pending,
  EnableKeyRotation: rotation,
  Encapsulate: use,
  Encrypt: [...cryptographic, "InvalidKeyUsageException", "KeyUnavailableException"],
  GenerateDataKey: [...use, "UnsupportedOperationException"],
  GenerateDataKeyPair: [...use, "UnsupportedOperationException"],
  GenerateDataKeyPairWithoutPlaintext: [...use, "UnsupportedOperationException"],
  GenerateDataKeyWithoutPlaintext: use,
  GenerateMac: use,
  GenerateRandom: [...all, "UnsupportedOperationException"],
  GetKeyLastUsage: key,
  GetKeyPolicy: key,
  GetKeyRotationStatus: [...key, "UnsupportedOperationException"],
  GetParametersForImport: [...pending, "UnsupportedOperationException"],
  GetPublicKey: [...enabled, "InvalidGrantTokenException", "UnsupportedOperationException"],
  ImportKeyMaterial: [
    ...pending,
    "UnsupportedOperationException",
    "ExpiredImportTokenException",
    "IncorrectKeyMaterialException",
    "InvalidCiphertextException",
    "InvalidImportTokenException"
  ],
  ListAliases: [...key, "InvalidMarkerException"],
  ListGrants: [...key, "InvalidArnException", "InvalidGrantIdException", "InvalidMarkerException"],
  ListKeyPolicies: [...key, "InvalidMarkerException"],
  ListKeyRotations: [...key, "InvalidMarkerException", "UnsupportedOperationException"],
  ListKeys: [...all, "StorageError", "InvalidMarkerException"],
  ListResourceTags: [...key, "InvalidMarkerException"],
  ListRetirableGrants: [...store, "InvalidArnException", "InvalidMarkerException"],
  PutKeyPolicy: [...key, "LimitExceededException", "MalformedPolicyDocumentException"],
  ReEncrypt: [
    ...cryptographic,
    "InvalidKeyUsageException",
    "KeyUnavailableException",
    "IncorrectKeyException",
    "InvalidCiphertextException"
  ],
  ReplicateKey: [
    ...rotation,
    "AlreadyExistsException",
    "LimitExceededException",
    "MalformedPolicyDocumentException",
    "TagException"
  ],
  RetireGrant: [...key, "DryRunOperationException", "InvalidGrantIdException", "InvalidGrantTokenException"],
  RevokeGrant: [...key, "DryRunOperationException", "InvalidGrantIdException"],
  RotateKeyOnDemand: [...rotation, "ConflictException", "LimitExceededException"],
  ScheduleKeyDeletion: pending,
  Sign: [...use, "UnsupportedOperationException"],
  TagResource: [...pending, "TagException"],
  UntagResource: [...pending, "TagException"],
  UpdateCustomKeyStore: [...proxy, ...customStore],
  UpdateAlias: [...pending, "NotAuthorizedException", "LimitExceededException"],
  UpdateKeyDescription: pending,
  UpdatePrimaryRegion: rotation,
  Verify: [...use, "KMSInvalidSignatureException"],
  VerifyMac: [...use, "KMSInvalidMacException"]
} as const satisfies { readonly [Name in OperationName]: ReadonlyArray<string> }
