/** Pages of an account's keys and aliases in one Region, and how many keys it has. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import { isGone } from "../lifecycle/Advance.ts"
import type { Asked, Listed, LoadError, Slot } from "../operations/Operation.ts"
import { countId } from "./Changes.ts"
import { eraseGone } from "./Erase.ts"
import type { Parts } from "./LoadKey.ts"
import type { Loaded } from "./Reader.ts"

/** Where a page's items come from. */
interface Source<Item> {
  readonly scan: (after: string | undefined, limit: number) => Effect.Effect<ReadonlyArray<Loaded<Item>>, LoadError>
  readonly isGone: (item: Item) => boolean
  readonly nameOf: (item: Item) => string
}

/** A page of what is present: what is gone takes no place on it, whether or not it is still stored. */
const pageOf = Effect.fnUntraced(function*<Item>(
  { isGone, nameOf, scan }: Source<Item>,
  after: string | undefined,
  limit: number
) {
  const found: Array<Item> = []
  // One more than fits tells whether anything follows.
  for (let from = after, wanted = limit + 1; wanted > 0; wanted = limit + 1 - found.length) {
    const scanned = (yield* scan(from, wanted)).map(({ content }) => content)
    found.push(...scanned.filter((item) => !isGone(item)))
    const last = scanned.at(-1)
    if (scanned.length < wanted || last === undefined) break
    from = nameOf(last)
  }
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const listed: Listed<Item> = { items, next: found.length > limit && last !== undefined ? nameOf(last) : undefined }
  return listed
})

/** How many keys the place has that was asked. */
export const keyCount = Effect.fnUntraced(function*(parts: Parts, asked: Asked) {
  const count = parts.records.counts.read(countId(asked))
  let loaded = yield* count
  if (loaded !== undefined && loaded.content >= asked.limits.keysPerRegion) {
    // Keys that are gone do not count, whether or not they are still stored.
    yield* eraseGone(parts, asked.now)
    loaded = yield* count
  }
  const slot: Slot<number> = { place: asked, name: "count", version: loaded?.version ?? null, content: loaded?.content }
  return slot
})

/** A page of the keys of the place that was asked. */
export const listKeys = ({ records }: Parts, asked: Asked, after: string | undefined, limit: number) =>
  pageOf<KeyRecord>(
    {
      scan: (from, wanted) => records.keys.scan(recordId(asked, ""), from, wanted),
      isGone: (key) => isGone(key, asked.now),
      nameOf: (key) => key.keyId
    },
    after,
    limit
  )

/** A page of the aliases of the place that was asked. */
export const listAliases = ({ records }: Parts, asked: Asked, after: string | undefined, limit: number) =>
  pageOf<AliasRecord.AliasRecord>(
    {
      scan: (from, wanted) => records.aliases.scan(AliasRecord.recordId(asked, ""), from, wanted),
      isGone: (alias) => AliasRecord.isGone(alias, asked.now),
      nameOf: (alias) => alias.name
    },
    after,
    limit
  )
