/** Which operations a grant can allow, by what its key is. Source: AWS KMS Developer Guide, "Grant operations". */
import type { GrantOperation } from "./GrantRecord.ts"
import type { KeyRecord } from "./KeyRecord.ts"

const management = ["DescribeKey", "CreateGrant", "RetireGrant"] as const
const encryption = ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"] as const
const dataKeys = [
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext"
] as const

/** What is done with keys of this usage. */
const ofUsage = ({ keySpec, keyUsage }: KeyRecord): ReadonlyArray<GrantOperation> => {
  switch (keyUsage) {
    case "ENCRYPT_DECRYPT":
      return keySpec === "SYMMETRIC_DEFAULT" ? [...encryption, ...dataKeys] : [...encryption, "GetPublicKey"]
    case "SIGN_VERIFY":
      return ["Sign", "Verify", "GetPublicKey"]
    case "GENERATE_VERIFY_MAC":
      return ["GenerateMac", "VerifyMac"]
    case "KEY_AGREEMENT":
      return ["DeriveSharedSecret", "GetPublicKey"]
    case "ENCAPSULATE_DECAPSULATE":
      return ["Encapsulate", "Decapsulate", "GetPublicKey"]
    default:
      return keyUsage satisfies never
  }
}

/** The operations that a grant for the key can list. */
export const operationsFor = (key: KeyRecord): ReadonlyArray<GrantOperation> => [...ofUsage(key), ...management]
