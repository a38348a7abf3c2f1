/** AWS managed keys. */
import { managedKeys } from "../interpreter/ManagedKeys.ts"
import type { Group } from "./Group.ts"

/**
 * AWS managed keys: `alias/aws/SERVICE` comes into being when that service first uses it for a caller (`viaService`).
 * Without this group there are none but those that the store has already.
 */
export const managed = {
  name: "managed",
  operations: {},
  keySpecs: [],
  kinds: [],
  managedKeys
} as const satisfies Group
