/** What the operations share that only move or edit one key: they take key ids and key ARNs, of the own account. */
import { aboutKey } from "../Operation.ts"

/** Loading, guarding and permitting for `action` on the key that KeyId names. */
export const manageKey = (action: string) => aboutKey(action, { aliases: false, crossAccount: false })
