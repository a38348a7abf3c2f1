/** Persists what fell due: rotations, expiries, and the end of deletion windows. Nothing waits for it: an earlier call sees the same. */
import * as Effect from "effect/Effect"
import { recordId } from "../domain/KeyRecord.ts"
import type { IntegrityError } from "../Errors.ts"
import { overdueRotations } from "../lifecycle/Advance.ts"
import { dueId, toCommit } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import { type Due, forEachDue } from "./Due.ts"
import { eraseIfGone } from "./Erase.ts"
import { loadKey, type Parts } from "./LoadKey.ts"

/** What maintenance did. */
export interface Maintained {
  /** How many keys got new material. */
  readonly rotated: number
  /** How many keys are gone for good, with their material, aliases and tags. */
  readonly deleted: number
  /** How many keys lost imported material that expired. */
  readonly expired: number
}

/** Rotates the key if it is to be rotated; whether it was. An entry of the index that is not so any more is taken out. */
const rotateIfDue = Effect.fnUntraced(function*(parts: Parts, due: Due, now: number) {
  const { crypto, records } = parts
  const loaded = yield* records.keys.read(recordId(due, due.keyId))
  if (loaded === undefined || dueId(loaded.content) !== due.id) {
    yield* retrying(crypto, records.commit([{ _tag: "Remove", id: due.id }]))
  }
  if (loaded === undefined || overdueRotations(loaded.content, now).length === 0) return false
  yield* loadKey(parts, due, due.keyId, now)
  return true
})

/** Erases the key's imported material that has expired; whether there was any. */
const expireIfDue = (parts: Parts, due: Due, now: number) =>
  retrying(
    parts.crypto,
    Effect.gen(function*() {
      const before = yield* loadKey(parts, due, due.keyId, now)
      if (before?.stored === undefined) return false
      yield* parts.records.commit(yield* toCommit(parts, [{ _tag: "PutKey", before, record: before.record }]))
      return true
    })
  )

/**
 * Goes through everything that has fallen due by `now`, in milliseconds. A record that must not be used keeps nothing
 * else from being done: its IntegrityError comes at the end.
 */
export const maintain = Effect.fnUntraced(function*(parts: Parts, now: number) {
  let rotated = 0
  let deleted = 0
  let expired = 0
  let broken: IntegrityError | undefined
  const settle = Effect.fnUntraced(function*(due: Due) {
    if (yield* eraseIfGone(parts, due, now)) deleted++
    else if (yield* rotateIfDue(parts, due, now)) rotated++
    else if (yield* expireIfDue(parts, due, now)) expired++
  })
  yield* forEachDue(
    parts.records,
    now,
    (due) =>
      Effect.catchTag(settle(due), "IntegrityError", (error) =>
        Effect.sync(() => {
          broken ??= error
        }))
  )
  if (broken !== undefined) return yield* broken
  const maintained: Maintained = { rotated, deleted, expired }
  return maintained
})
