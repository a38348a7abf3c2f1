/**
 * What every Storage adapter must keep, as a list of named checks. They know no test framework: run each one, on a
 * store of its own, in whatever runner the host has. They are seeded, so that a check does the same each time.
 *
 * A check opens the store once or more; each opening is a handle of its own on the same store, as another process would
 * have. It fails with a `ContractViolation` that says what the adapter did, or with the adapter's own `StorageError`.
 */
import type { Check } from "./contract/Check.ts"
import { concurrencyChecks } from "./contract/Concurrency.ts"
import { durabilityChecks } from "./contract/Durability.ts"
import { expectationChecks } from "./contract/Expectations.ts"
import { historyChecks } from "./contract/Histories.ts"
import { scanChecks } from "./contract/Scans.ts"
import { valueChecks } from "./contract/Values.ts"

export { type Check, ContractViolation, type Open } from "./contract/Check.ts"
export { HOSTILE_IDS } from "./contract/Generator.ts"

/** What an adapter claims of itself. */
export interface Capabilities {
  /** Whether records outlive the last handle: they are there when the store is opened again. */
  readonly durable: boolean
}

/** The checks that an adapter with these capabilities must pass. */
export const contract = (capabilities: Capabilities): ReadonlyArray<Check> => [
  ...expectationChecks,
  ...valueChecks,
  ...scanChecks,
  ...concurrencyChecks,
  ...historyChecks,
  ...(capabilities.durable ? durabilityChecks : [])
]
