/** Grants: permissions for one KMS key, given and taken back without a change of its policy. */
import { grantBook } from "../interpreter/Granted.ts"
import { CreateGrant } from "../operations/CreateGrant.ts"
import { ListGrants } from "../operations/ListGrants.ts"
import { ListRetirableGrants } from "../operations/ListRetirableGrants.ts"
import { RetireGrant } from "../operations/RetireGrant.ts"
import { RevokeGrant } from "../operations/RevokeGrant.ts"
import type { Group } from "./Group.ts"

/** Grants, and that they are consulted: without this group, nothing is allowed by any. */
export const grants = {
  name: "grants",
  operations: { CreateGrant, ListGrants, ListRetirableGrants, RetireGrant, RevokeGrant },
  keySpecs: [],
  kinds: [],
  grants: grantBook
} as const satisfies Group
