/**
 * What holds the keys of several Regions together. The interpreter asks it where a multi-Region key is looked at, changed
 * or erased; `interpreter/MultiRegion.ts` is it, and a Keystead without that group has none.
 */
import type * as Effect from "effect/Effect"
import type { KeyMetadata } from "../domain/KeyMetadata.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import type { LoadError, RecordChange, Services } from "../operations/Operation.ts"
import type { Records } from "./Records.ts"

/** What holds the keys of several Regions together. */
export interface Regions {
  /** What time has done to the key by `now`, in milliseconds; the same record if nothing. */
  readonly advance: (key: KeyRecord, now: number) => KeyRecord
  /** What is told of the key beside what every key tells. */
  readonly describe: (key: KeyRecord) => Pick<KeyMetadata, "MultiRegionConfiguration" | "PendingDeletionWindowInDays">
  /** The changes, with what must change in other Regions in the same commit. */
  readonly spread: (
    records: Records,
    changes: ReadonlyArray<RecordChange>
  ) => Effect.Effect<ReadonlyArray<RecordChange>, LoadError, Services>
  /** What must change in other Regions when the key is erased. */
  readonly forget: (records: Records, key: KeyRecord) => Effect.Effect<ReadonlyArray<RecordChange>, LoadError>
}
