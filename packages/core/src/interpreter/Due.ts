/** The index of what must happen when: rotations, and the ends of deletion windows. */
import * as Effect from "effect/Effect"
import type { Place } from "../domain/Arn.ts"
import { compareIds } from "../storage/Storage.ts"
import { duePrefix } from "./Changes.ts"
import type { Records } from "./Records.ts"

/** An entry of the index: this key is to be looked at, from the time on that its id begins with. */
export interface Due extends Place {
  readonly id: string
  readonly keyId: string
}

const pageSize = 100

const readDue = (id: string): Due => {
  const [, , account = "", region = "", keyId = ""] = id.split("/")
  return { id, account, region, keyId }
}

/** Visits what has fallen due by `now`, in milliseconds, oldest first. */
export const forEachDue = Effect.fnUntraced(function*<E>(
  records: Records,
  now: number,
  visit: (due: Due) => Effect.Effect<void, E>
) {
  const later = `${duePrefix}${new Date(now + 1).toISOString()}`
  // Most of the time nothing has fallen due, and the first entry tells.
  for (let after: string | undefined, limit = 1, more = true; more; limit = pageSize) {
    const page = yield* records.ids(duePrefix, after, limit)
    const fallen = page.filter((id) => compareIds(id, later) < 0)
    for (const id of fallen) yield* visit(readDue(id))
    more = fallen.length === limit
    after = page.at(-1)
  }
})
