/** Persists what fell due: rotations, and the end of deletion windows. Nothing waits for it: an earlier call sees the same. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import type { IntegrityError, StorageError } from "../Errors.ts"
import { isGone, overdueRotations } from "../lifecycle/Advance.ts"
import type { Change, CommitConflict } from "../storage/Storage.ts"
import { countId, dueChanges, dueId, duePrefix } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import { loadKey, type Parts } from "./Find.ts"
import type { Loaded } from "./Reader.ts"

/** What maintenance did. */
export interface Maintained {
  /** How many keys got new material. */
  readonly rotated: number
  /** How many keys are gone for good, with their material, aliases and tags. */
  readonly deleted: number
}

const pageSize = 100

interface Due {
  readonly id: string
  readonly time: number
  readonly account: string
  readonly region: string
  readonly keyId: string
}

const readDue = (id: string): Due => {
  const [, time = "", account = "", region = "", keyId = ""] = id.split("/")
  return { id, time: Date.parse(time), account, region, keyId }
}

/** Removes the key, its aliases and what is indexed of it, and counts one key less. */
const erase = Effect.fnUntraced(function*({ records }: Parts, loaded: Loaded<KeyRecord>) {
  const key = loaded.content
  const counted = yield* records.counts.read(countId(key))
  const aliases = key.aliases.map((name): Change => ({ _tag: "Remove", id: AliasRecord.recordId(key, name) }))
  const count: ReadonlyArray<Change> = counted === undefined || key.keyManager === "AWS" ? [] : [
    yield* records.put(countId(key), Math.max(0, counted.content - 1), { expected: counted.version })
  ]
  yield* records.commit([
    { _tag: "Remove", id: loaded.id, expected: loaded.version },
    ...aliases,
    ...count,
    ...(yield* dueChanges(records, key, undefined))
  ])
})

type Outcome = "rotated" | "deleted" | "nothing"

const settle = Effect.fnUntraced(function*(
  parts: Parts,
  due: Due,
  now: number
): Effect.fn.Return<Outcome, StorageError | IntegrityError | CommitConflict> {
  const loaded = yield* parts.records.keys.read(recordId(due, due.keyId))
  if (loaded !== undefined && isGone(loaded.content, now)) {
    yield* erase(parts, loaded)
    return "deleted"
  }
  if (loaded !== undefined && overdueRotations(loaded.content, now).length > 0) return "rotated"
  // The index is behind the key: what it says is not so any more.
  if (loaded === undefined || dueId(loaded.content) !== due.id) {
    yield* parts.records.commit([{ _tag: "Remove", id: due.id }])
  }
  return "nothing"
})

/** Goes through everything that has fallen due by `now`, in milliseconds. */
export const maintain = Effect.fnUntraced(function*(parts: Parts, now: number) {
  let rotated = 0
  let deleted = 0
  for (;;) {
    const page = (yield* parts.records.ids(duePrefix, pageSize)).map(readDue).filter(({ time }) => time <= now)
    if (page.length === 0) break
    for (const due of page) {
      const outcome = yield* retrying(parts.crypto, settle(parts, due, now))
      if (outcome === "rotated") yield* loadKey(parts, due, due.keyId, now)
      if (outcome === "rotated") rotated++
      if (outcome === "deleted") deleted++
    }
  }
  const maintained: Maintained = { rotated, deleted }
  return maintained
})
