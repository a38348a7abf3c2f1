/** The states of a KMS key. Source: AWS KMS developer guide, "Key states of AWS KMS keys". */
import { oneOf } from "../domain/Members.ts"

/** Every state, as AWS spells it. */
export const keyStates = [
  "Enabled",
  "Disabled",
  "PendingDeletion",
  "PendingReplicaDeletion",
  "PendingImport",
  "Unavailable",
  "Creating",
  "Updating"
] as const

export type KeyState = (typeof keyStates)[number]

export const KeyState = oneOf(keyStates)
