/** A store in a Deno KV, as its parts see it, and what they ask of it. */
import type { StorageError } from "@keystead/core/Errors"
import type * as Effect from "effect/Effect"
import { attempt } from "./Failure.ts"
import { type Atomic, bounds, type Entry, type Key, type Kv } from "./Kv.ts"

/** Where a store is. */
export interface Store {
  readonly kv: Kv
  /** What to call it, in errors. */
  readonly place: string
}

/** Which commit was the last one; null before the first. */
export type Last = string | null

/** The format that this version writes, as the value of `last`. */
export const format = 1

/** At most ten entries, of one moment. */
export const getMany = (
  { kv, place }: Store,
  keys: ReadonlyArray<Key>
): Effect.Effect<ReadonlyArray<Entry>, StorageError> => attempt(place, () => kv.getMany(keys))

/** The entries of a range, each batch of them of one moment. */
export const list = (
  { kv, place }: Store,
  range: Parameters<Kv["list"]>[0],
  limit: number
): Effect.Effect<ReadonlyArray<Entry>, StorageError> =>
  attempt(place, async () => {
    const listed: Array<Entry> = []
    for await (const entry of kv.list(range, { limit, batchSize: Math.min(limit, bounds.batch) })) listed.push(entry)
    return listed
  })

/** Whether the checks held, and all was done. */
export const commit = ({ place }: Store, atomic: Atomic): Effect.Effect<boolean, StorageError> =>
  attempt(place, async () => (await atomic.commit()).ok)
