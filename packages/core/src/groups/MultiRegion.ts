/** Keys of several Regions. */
import { multiRegionRules } from "../interpreter/MultiRegion.ts"
import { ReplicateKey } from "../operations/ReplicateKey.ts"
import { UpdatePrimaryRegion } from "../operations/UpdatePrimaryRegion.ts"
import type { Group } from "./Group.ts"

/** Keys with the same id and material in several Regions: what one encrypts, each of them decrypts. */
export const multiRegion = {
  name: "multi-region",
  operations: { ReplicateKey, UpdatePrimaryRegion },
  keySpecs: [],
  kinds: [],
  regions: multiRegionRules
} as const satisfies Group
