/** The one list of operations, put together of the groups: every surface is derived from it. */
import { asymmetric } from "../groups/Asymmetric.ts"
import { customStores } from "../groups/CustomStores.ts"
import { grants } from "../groups/Grants.ts"
import type { Group } from "../groups/Group.ts"
import { importing } from "../groups/Import.ts"
import { lastUsage } from "../groups/LastUsage.ts"
import { mac } from "../groups/Mac.ts"
import { managed } from "../groups/Managed.ts"
import { multiRegion } from "../groups/MultiRegion.ts"
import { operationsOf } from "../groups/OperationsOf.ts"
import { postQuantum } from "../groups/PostQuantum.ts"
import { symmetric } from "../groups/Symmetric.ts"
import type { Operation } from "./Operation.ts"

/** Every group. */
export const groups = [
  symmetric,
  managed,
  mac,
  asymmetric,
  postQuantum,
  importing,
  customStores,
  multiRegion,
  grants,
  lastUsage
] as const satisfies ReadonlyArray<Group>

/** Every operation by its name. */
export const registry = operationsOf(groups)

/** Every operation, as a list, in the order of their names. */
export const operations: ReadonlyArray<Operation> = Object.values<Operation>(registry).toSorted((left, right) =>
  left.name < right.name ? -1 : 1
)

/** The registry's type: names to operations. */
export type Registry = typeof registry

/** The name of an operation. */
export type OperationName = keyof Registry
