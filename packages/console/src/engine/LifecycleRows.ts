/** The lifecycle table, out of the registry. */
import { operations } from "@keystead/core/operations/Registry"
import type { LifecycleRow } from "./Engine.ts"

/** One row for each operation about an existing key. */
export function rows(): ReadonlyArray<LifecycleRow>
export function rows(): ReadonlyArray<{ readonly operation: string; readonly outcomes: object }> {
  return operations.flatMap(({ name, states }) => states === undefined ? [] : [{ operation: name, outcomes: states }])
}
