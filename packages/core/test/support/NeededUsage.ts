/** What operations need a key to be for. `Usage.test.ts` sees that it is so, and docs/operations.md tells it. */
import type { KeyUsage } from "@keystead/core/domain/Specs"
import type { OperationName } from "@keystead/core/operations/Registry"

export const neededUsage: { readonly [Name in OperationName]?: KeyUsage } = {
  Encrypt: "ENCRYPT_DECRYPT",
  Decrypt: "ENCRYPT_DECRYPT",
  ReEncrypt: "ENCRYPT_DECRYPT",
  GenerateDataKey: "ENCRYPT_DECRYPT",
  GenerateDataKeyWithoutPlaintext: "ENCRYPT_DECRYPT",
  GenerateDataKeyPair: "ENCRYPT_DECRYPT",
  GenerateDataKeyPairWithoutPlaintext: "ENCRYPT_DECRYPT",
  GenerateMac: "GENERATE_VERIFY_MAC",
  VerifyMac: "GENERATE_VERIFY_MAC",
  Sign: "SIGN_VERIFY",
  Verify: "SIGN_VERIFY",
  DeriveSharedSecret: "KEY_AGREEMENT",
  Encapsulate: "ENCAPSULATE_DECAPSULATE",
  Decapsulate: "ENCAPSULATE_DECAPSULATE"
}
