/** Takes away what is gone: a key whose deletion window has ended goes with its material, tags, aliases and grants. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { externalKeyId, type KeyRecord, recordId, usageId } from "../domain/KeyRecord.ts"
import { isGone } from "../lifecycle/Advance.ts"
import type { Change } from "../storage/Storage.ts"
import { countId, dueChanges, toCommit } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import { type Due, forEachDue } from "./Due.ts"
import type { Parts } from "./LoadKey.ts"
import type { Loaded } from "./Reader.ts"

/** Removes the key, its aliases and what is indexed of it, and counts one key less. */
const erase = Effect.fnUntraced(function*(parts: Parts, loaded: Loaded<KeyRecord>) {
  const { records, regions } = parts
  const key = loaded.content
  const counted = yield* records.counts.read(countId(key))
  const named = yield* records.aliases.readAll(key.aliases.map((name) => AliasRecord.recordId(key, name)))
  // A name that became free when the key was gone may belong to another key by now.
  const aliases = named.filter(({ content }) => content.targetKeyId === key.keyId).map(
    ({ id, version }): Change => ({ _tag: "Remove", id, expected: version })
  )
  const count: ReadonlyArray<Change> = counted === undefined || key.keyManager === "AWS" ? [] : [
    yield* records.put(countId(key), Math.max(0, counted.content - 1), { expected: counted.version })
  ]
  const external: ReadonlyArray<Change> = key.externalKey === undefined ? [] : [
    { _tag: "Remove", id: externalKeyId(key, key.externalKey, key.keyId) }
  ]
  const elsewhere = key.multiRegion === undefined || regions === undefined
    ? []
    : yield* toCommit(parts, yield* regions.forget(records, key))
  yield* records.commit([
    { _tag: "Remove", id: loaded.id, expected: loaded.version },
    { _tag: "Remove", id: usageId(key) },
    ...external,
    ...aliases,
    ...count,
    ...elsewhere,
    ...(yield* dueChanges(records, key, undefined))
  ])
})

/** Erases the key if it is gone by `now`, in milliseconds; whether it was. */
export const eraseIfGone = (parts: Parts, due: Omit<Due, "id">, now: number) =>
  retrying(
    parts.crypto,
    Effect.gen(function*() {
      const loaded = yield* parts.records.keys.read(recordId(due, due.keyId))
      if (loaded === undefined || !isGone(loaded.content, now)) return false
      // Nobody can make another one of these: the key is gone. So they may go one after the other.
      if (parts.grants !== undefined) yield* parts.grants.erase(parts, loaded.content)
      yield* erase(parts, loaded)
      return true
    })
  )

/** Erases every key that is gone by `now`, in milliseconds. */
export const eraseGone = (parts: Parts, now: number) =>
  forEachDue(parts.records, now, (due) => Effect.asVoid(eraseIfGone(parts, due, now)))
