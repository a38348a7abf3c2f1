/** A page of grants, in the order of an index. */
import * as Effect from "effect/Effect"
import type { GrantRecord } from "../../domain/GrantRecord.ts"
import { type Access, indexed } from "../../interpreter/Grants.ts"
import type { Listed } from "../Operation.ts"

/** The grants after an entry of the index. An entry whose grant is not there takes a place on the page, and nothing more. */
export const pageOf = (
  access: Access,
  index: Parameters<typeof indexed>[1],
  after: string | undefined,
  limit: number
) =>
  Effect.map(indexed(access, index, after, limit + 1), ({ entries, grants }): Listed<GrantRecord> => {
    const more = entries.length > limit
    const beyond = more ? index.recordOf(entries[limit] ?? "") : undefined
    return {
      items: grants.filter(({ id }) => id !== beyond).map(({ content }) => content),
      next: more ? entries[limit - 1] : undefined
    }
  })
