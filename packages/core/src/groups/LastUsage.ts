/** When keys were last used. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { LastUsages } from "../interpreter/LastUsages.ts"
import { makeUsageNotes } from "../interpreter/UsageNotes.ts"
import { GetKeyLastUsage } from "../operations/GetKeyLastUsage.ts"
import type { Group } from "./Group.ts"

/** When keys were last used: noted in memory, and persisted by maintenance and when the Keystead closes. */
export const lastUsage = {
  name: "last-usage",
  operations: { GetKeyLastUsage },
  keySpecs: [],
  kinds: [],
  services: Effect.map(makeUsageNotes, (notes) => Context.make(LastUsages, notes))
} as const satisfies Group
