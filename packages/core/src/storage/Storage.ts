/**
 * The Storage service: where records are kept. Every adapter keeps the promises below, and `Contract.ts` tests them.
 *
 * A store knows nothing of keys: it holds JSON values under ids, and changes several of them at once or none.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { StorageError } from "../Errors.ts"

/** The id of the record that tells which root key a store has (`crypto/RootKeyRecord.ts`). */
export const rootKeyRecordId = "root/key"

/** A JSON value. Numbers are finite; strings are well-formed Unicode. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [member: string]: Json }

/** Names one state of one record. No two commits to a store ever give a record the same version, not even when it is removed and made again. */
export type Version = string

/** A record as it was stored. */
export interface StoredRecord {
  /** A path such as `key/111122223333/eu-west-1/…`: 1 to 1,024 bytes of UTF-8, any well-formed string. */
  readonly id: string
  readonly version: Version
  readonly value: Json
}

/** What a change demands of the record before the commit: this version, or (`null`) no such record, or (absent) nothing. */
export interface Expectation {
  readonly expected?: Version | null
}

/** One step of a commit. */
export type Change =
  | ({ readonly _tag: "Put"; readonly id: string; readonly value: Json } & Expectation)
  /** Removes the record; without an expectation, it may be absent already. */
  | ({ readonly _tag: "Remove"; readonly id: string } & Expectation)
  /** Changes nothing, and fails the commit if the record is not as expected. */
  | ({ readonly _tag: "Check"; readonly id: string } & Required<Expectation>)

/** Another writer was first: at least one expectation was not met, and nothing was changed. Load again, decide again. */
export class CommitConflict extends Data.TaggedError("CommitConflict")<{
  /** The ids whose records were not as expected. */
  readonly ids: ReadonlyArray<string>
}> {}

/** Which part of the ids to list. */
export interface ScanRange {
  /** Only ids that begin with this. */
  readonly prefix: string
  /** Only ids that come after this one. It need not exist. */
  readonly after?: string
  /** At most so many records, 1 or more. */
  readonly limit: number
}

export class Storage extends Context.Service<Storage, {
  /** The records of those ids that exist, as they stood together at one moment. */
  readonly read: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, StoredRecord>, StorageError>
  /** Records in the order of their ids (`compareIds`), as they stood together at one moment. Fewer than `limit` means no more. */
  readonly scan: (range: ScanRange) => Effect.Effect<ReadonlyArray<StoredRecord>, StorageError>
  /**
   * All changes, or none. When it succeeds they are as durable as the store can make them, and every later read, by
   * any process, sees them. A commit names each id at most once.
   */
  readonly commit: (changes: ReadonlyArray<Change>) => Effect.Effect<void, CommitConflict | StorageError>
}>()("@keystead/core/storage/Storage") {}

/** The order of ids: by Unicode code point, which is the order of their UTF-8 bytes. */
export const compareIds = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index)
    const b = right.charCodeAt(index)
    // UTF-16 puts surrogates (code points from U+10000) below U+E000 to U+FFFF: lift them above.
    if (a !== b) return lift(a) - lift(b)
  }
  return left.length - right.length
}

const lift = (unit: number): number => unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit

// No part of a surrogate pair, nor anything above those: here the order of UTF-16 units is that of code points.
const belowSurrogates = /^[^\ud800-\uffff]*$/

const compareUnits = (left: string, right: string): number => left < right ? -1 : left === right ? 0 : 1

/**
 * The order of ids, to compare this one with many: several times as fast as `compareIds`, because the engine compares
 * whole texts. It does so by UTF-16 units, which is right where one of the two texts has nothing above U+D7FF.
 */
export const comparisonWith = (id: string): (left: string, right: string) => number =>
  belowSurrogates.test(id) ? compareUnits : compareIds
