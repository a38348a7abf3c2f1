/** Pages of an account's keys and aliases in one Region, and how many keys it has. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { recordId } from "../domain/KeyRecord.ts"
import type { IntegrityError } from "../Errors.ts"
import { isGone } from "../lifecycle/Advance.ts"
import type { Asked, Listed, Slot } from "../operations/Operation.ts"
import { countId } from "./Changes.ts"
import { eraseGone } from "./Erase.ts"
import type { Parts } from "./LoadKey.ts"
import type { Loaded, Reader } from "./Reader.ts"

/** A record of a page, or why it must not be used. */
type Found<Content> = Loaded<Content> | IntegrityError

/** A page of what is present: what is gone takes no place on it, whether or not it is still stored. */
const pageOf = Effect.fnUntraced(function*<Content, Item, E>(
  reader: Reader<Content>,
  prefix: string,
  isGone: (content: Content) => boolean,
  itemOf: (found: Found<Content>, name: string) => Effect.Effect<Item, E>,
  after: string | undefined,
  limit: number
) {
  const nameOf = (one: Found<Content>) => ("place" in one ? one.place : one.id).slice(prefix.length)
  const found: Array<Found<Content>> = []
  // One more than fits tells whether anything follows.
  for (let from = after, wanted = limit + 1; wanted > 0; wanted = limit + 1 - found.length) {
    const scanned = yield* reader.scan(prefix, from, wanted)
    found.push(...scanned.filter((one) => "place" in one || !isGone(one.content)))
    const last = scanned.at(-1)
    if (last === undefined || scanned.length < wanted) break
    from = nameOf(last)
  }
  const last = found[limit - 1]
  const listed: Listed<Item> = {
    items: yield* Effect.forEach(found.slice(0, limit), (one) => itemOf(one, nameOf(one))),
    next: last !== undefined && found.length > limit ? nameOf(last) : undefined
  }
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

/** A page of the ids of the keys of the place that was asked. A key that must not be used is there all the same. */
export const listKeys = ({ records }: Parts, asked: Asked, after: string | undefined, limit: number) =>
  pageOf(
    records.keys,
    recordId(asked, ""),
    (key) => isGone(key, asked.now),
    (_one, name) => Effect.succeed(name),
    after,
    limit
  )

/** A page of the aliases of the place that was asked. */
export const listAliases = ({ records }: Parts, asked: Asked, after: string | undefined, limit: number) =>
  pageOf(
    records.aliases,
    AliasRecord.recordId(asked, ""),
    (alias) => AliasRecord.isGone(alias, asked.now),
    (one) => "place" in one ? Effect.fail(one) : Effect.succeed(one.content),
    after,
    limit
  )
