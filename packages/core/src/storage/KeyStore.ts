/**
 * The immutable key store: record id → versioned record, as a value. A commit gives a new store and leaves the old one
 * as it was. storage-memory is a reference to one, and every other adapter is a durable image of one.
 */
import * as Result from "effect/Result"
import type { StorageError } from "../Errors.ts"
import { acceptChanges } from "./Acceptable.ts"
import * as SortedMap from "./SortedMap.ts"
import type { Change, ScanRange, StoredRecord, Version } from "./Storage.ts"
import { CommitConflict } from "./Storage.ts"

/** A store at one moment. */
export interface KeyStore {
  readonly records: SortedMap.SortedMap<StoredRecord>
  /** How many commits changed it. Each gives its records this number as their version, so that none comes twice. */
  readonly sequence: number
}

/** The store without records. */
export const empty: KeyStore = { records: SortedMap.empty, sequence: 0 }

/** The records of those ids that exist. A record that was not written again is the identical object each time. */
export const read = (store: KeyStore, ids: ReadonlyArray<string>): ReadonlyMap<string, StoredRecord> => {
  const found = new Map<string, StoredRecord>()
  for (const id of ids) {
    const record = SortedMap.get(store.records, id)
    if (record !== undefined) found.set(id, record)
  }
  return found
}

/** The records of that range, in the order of their ids. Takes O(log n + limit). */
export const scan = (store: KeyStore, range: ScanRange): ReadonlyArray<StoredRecord> =>
  SortedMap.page(store.records, range).map(({ value }) => value)

/**
 * The store after those changes: all of them, or none.
 *
 * `CommitConflict` when a record is not as a change expects it; `StorageError` of reason "Unacceptable" when an id or a
 * value is not one that a store takes (`acceptChanges`), or an id is named twice.
 */
export const commit = (
  store: KeyStore,
  changes: ReadonlyArray<Change>
): Result.Result<KeyStore, CommitConflict | StorageError> => {
  const accepted = acceptChanges(changes)
  if (Result.isFailure(accepted)) return Result.fail(accepted.failure)
  const ids = unmet(accepted.success, (id) => SortedMap.get(store.records, id)?.version)
  return ids.length === 0 ? Result.succeed(apply(store, accepted.success)) : Result.fail(new CommitConflict({ ids }))
}

/** The ids whose records are not as the changes expect, where `versionOf` tells a record's version, if it exists. */
export const unmet = (
  changes: ReadonlyArray<Change>,
  versionOf: (id: string) => Version | undefined
): ReadonlyArray<string> =>
  changes
    .filter(({ expected, id }) => expected !== undefined && (versionOf(id) ?? null) !== expected)
    .map(({ id }) => id)

/** Changes that were accepted and expect what is so, done. Checks alone leave the store as it is. */
const apply = (store: KeyStore, changes: ReadonlyArray<Change>): KeyStore => {
  const sequence = store.sequence + 1
  let records = store.records
  for (const change of changes) {
    if (change._tag === "Put") {
      const record = Object.freeze({ id: change.id, version: String(sequence), value: change.value })
      records = SortedMap.set(records, change.id, record)
    } else if (change._tag === "Remove") {
      records = SortedMap.remove(records, change.id)
    }
  }
  return records === store.records ? store : { records, sequence }
}
