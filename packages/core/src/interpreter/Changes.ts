/** From what an operation decided to what is committed: sealed records, and the index of what falls due. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as AliasRecord from "../domain/AliasRecord.ts"
import type { Place } from "../domain/Arn.ts"
import { type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import { StorageError } from "../Errors.ts"
import { nextEvent } from "../lifecycle/Advance.ts"
import type { LoadError, RecordChange } from "../operations/Operation.ts"
import type { Change } from "../storage/Storage.ts"
import type { Parts } from "./LoadKey.ts"
import type { Records } from "./Records.ts"

/** The prefix of the index: what must happen, in the order of when. */
export const duePrefix = "due/"

/** The id of the index record that says when something must next happen to the key by itself, if anything must. */
export const dueId = (key: KeyRecord): string | undefined => {
  const date = nextEvent(key)
  return date === undefined
    ? undefined
    : `${duePrefix}${new Date(date).toISOString()}/${key.account}/${key.region}/${key.keyId}`
}

/** The id of the record that counts an account's keys in a Region. */
export const countId = (place: Place): string => `count/${place.account}/${place.region}`

/** The steps that change the index when the key changes. The key's own version guards them. */
export const dueChanges = (
  records: Records,
  before: KeyRecord | undefined,
  after: KeyRecord | undefined
): Effect.Effect<ReadonlyArray<Change>> => {
  const old = before === undefined ? undefined : dueId(before)
  const due = after === undefined ? undefined : dueId(after)
  if (old === due) return Effect.succeed([])
  const removed: ReadonlyArray<Change> = old === undefined ? [] : [{ _tag: "Remove", id: old }]
  return due === undefined
    ? Effect.succeed(removed)
    : Effect.map(records.put(due, {}, {}), (put) => [...removed, put])
}

const one = (step: Effect.Effect<Change>): Effect.Effect<ReadonlyArray<Change>> => Effect.map(step, (made) => [made])

const steps = (records: Records, change: RecordChange): Effect.Effect<ReadonlyArray<Change>> => {
  switch (change._tag) {
    case "PutKey": {
      const { before, record } = change
      const id = recordId(record, record.keyId)
      // What stays as it is is not written, and still must be as it was when the rest is.
      const stored = before?.stored ?? before?.record
      if (before !== undefined && Equal.equals(stored, record)) {
        return Effect.succeed([{ _tag: "Check", id, expected: before.version }])
      }
      return Effect.flatMap(
        records.put(id, record, { expected: before?.version ?? null }),
        (put) => Effect.map(dueChanges(records, stored, record), (due) => [put, ...due])
      )
    }
    case "PutAlias": {
      const id = AliasRecord.recordId(change.before.place, change.before.name)
      return one(records.put(id, change.record, { expected: change.before.version }))
    }
    case "RemoveAlias": {
      const id = AliasRecord.recordId(change.before.place, change.before.name)
      return Effect.succeed([{ _tag: "Remove", id, expected: change.before.version }])
    }
    case "PutKeyCount":
      return one(records.put(countId(change.before.place), change.count, { expected: change.before.version }))
    case "PutOther":
      return one(records.put(change.id, change.content, { expected: change.version }))
    case "RemoveOther":
      return Effect.succeed([{ ...change, _tag: "Remove" }])
    default:
      return change satisfies never
  }
}

/** What a change of a multi-Region key changes in other Regions, too. */
const everywhere = (
  { records, regions, services }: Pick<Parts, "records" | "regions" | "services">,
  changes: ReadonlyArray<RecordChange>
): Effect.Effect<ReadonlyArray<RecordChange>, LoadError> => {
  if (!changes.some((change) => change._tag === "PutKey" && change.record.multiRegion !== undefined)) {
    return Effect.succeed(changes)
  }
  return regions === undefined
    ? Effect.fail(
      new StorageError({
        reason: "Incompatible",
        message: "To change multi-Region keys, carry the group multi-region."
      })
    )
    : Effect.provideContext(regions.spread(records, changes), services)
}

/** All the steps of one commit. */
export const toCommit = (
  parts: Pick<Parts, "records" | "regions" | "services">,
  changes: ReadonlyArray<RecordChange>
): Effect.Effect<ReadonlyArray<Change>, LoadError> =>
  Effect.flatMap(
    everywhere(parts, changes),
    (all) => Effect.map(Effect.forEach(all, (change) => steps(parts.records, change)), (made) => made.flat())
  )
