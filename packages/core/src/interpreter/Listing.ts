/** Pages of an account's keys and aliases in one Region, and how many keys it has. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import { isGone } from "../lifecycle/Advance.ts"
import type { Asked, Find, Listed } from "../operations/Operation.ts"
import { countId } from "./Changes.ts"
import type { Records } from "./Records.ts"

/** A full page may have another after it. */
const nextOf = <Item>(page: ReadonlyArray<Item>, limit: number, nameOf: (item: Item) => string): string | undefined => {
  const last = page.at(-1)
  return page.length < limit || last === undefined ? undefined : nameOf(last)
}

/** The listings of the place that was asked. Keys that are gone are left out, and aliases whose key is gone. */
export const make = (records: Records, asked: Asked): Pick<Find, "aliases" | "keyCount" | "keys"> => ({
  keyCount: Effect.map(records.counts.read(countId(asked)), (loaded) => ({
    place: asked,
    name: "count",
    version: loaded?.version ?? null,
    content: loaded?.content
  })),
  keys: Effect.fnUntraced(function*(after, limit) {
    const page = yield* records.keys.scan(recordId(asked, ""), after, limit)
    const items = page.map(({ content }) => content)
    const listed: Listed<KeyRecord> = {
      items: items.filter((key) => !isGone(key, asked.now)),
      next: nextOf(items, limit, (key) => key.keyId)
    }
    return listed
  }),
  aliases: Effect.fnUntraced(function*(after, limit) {
    const page = yield* records.aliases.scan(AliasRecord.recordId(asked, ""), after, limit)
    const items = page.map(({ content }) => content)
    const targets = yield* records.keys.readAll([...new Set(items.map((item) => recordId(item, item.targetKeyId)))])
    const present = new Set(targets.filter((key) => !isGone(key.content, asked.now)).map((key) => key.content.keyId))
    const listed: Listed<AliasRecord.AliasRecord> = {
      items: items.filter((item) => present.has(item.targetKeyId)),
      next: nextOf(items, limit, (item) => item.name)
    }
    return listed
  })
})
