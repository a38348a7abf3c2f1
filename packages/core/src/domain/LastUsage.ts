/** When a KMS key was last used: a small record of its own beside the key's, written behind. */
import * as Schema from "effect/Schema"
import { integer, text, told } from "./Members.ts"

/**
 * What AWS tells as a last use. Source: AWS KMS API, KeyLastUsageData (the model's enum KeyLastUsageTrackingOperation). Which
 * operations count is said in each operation's file, by its member `countsAsUse`.
 */
export type Use =
  | "Decrypt"
  | "DeriveSharedSecret"
  | "Encrypt"
  | "GenerateDataKey"
  | "GenerateDataKeyPair"
  | "GenerateDataKeyPairWithoutPlaintext"
  | "GenerateDataKeyWithoutPlaintext"
  | "GenerateMac"
  | "ReEncrypt"
  | "Sign"
  | "Verify"
  | "VerifyMac"
  | "Encapsulate"
  | "Decapsulate"

/** The last successful cryptographic operation with a key. */
export const LastUsage = Schema.Struct({
  operation: told<ReadonlyArray<Use>>(),
  /** When it was asked for, in milliseconds since 1970. */
  time: integer({}),
  /** The id of its request, as in its audit event. */
  requestId: text({})
})
export type LastUsage = typeof LastUsage.Type

/** From when on the store has kept last usages, in milliseconds since 1970. */
export const Since = integer({})

/** The id of the record that says it. */
export const sinceId = "usage/since"
