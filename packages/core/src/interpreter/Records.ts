/** The records of one store, as the interpreter sees them: verified, decoded, and sealed again when they are put. */
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as RecordSeal from "../crypto/RecordSeal.ts"
import { RootKey, type StoreRootKey } from "../crypto/RootKey.ts"
import { AliasRecord } from "../domain/AliasRecord.ts"
import { KeyRecord } from "../domain/KeyRecord.ts"
import { integer } from "../domain/Members.ts"
import { StorageError } from "../Errors.ts"
import {
  type Change,
  type CommitConflict,
  type Expectation,
  type Json,
  rootKeyRecordId,
  Storage,
  type StoredRecord
} from "../storage/Storage.ts"
import { makeReader, type Reader } from "./Reader.ts"

/** The records of one store, by their kinds. */
export interface Records {
  readonly keys: Reader<KeyRecord>
  readonly aliases: Reader<AliasRecord>
  /** How many keys an account has in a Region. */
  readonly counts: Reader<number>
  /** Reads records of another kind, which the schema describes. */
  readonly reader: <Content>(schema: Schema.ConstraintDecoder<Content>) => Reader<Content>
  /** The ids of a page, after the given one. */
  readonly ids: (
    prefix: string,
    after: string | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<string>, StorageError>
  /** The versions of those records that exist, as they stood at one moment. */
  readonly versions: (ids: ReadonlyArray<string>) => Effect.Effect<ReadonlyMap<string, StoredRecord>, StorageError>
  /** The step that stores a content. */
  readonly put: (id: string, content: Json, expectation: Expectation) => Effect.Effect<Change>
  readonly commit: Storage["Service"]["commit"]
}

/** Commits, unless the root key has been replaced: what is sealed under another one would be lost. */
const commitUnder = (
  storage: Storage["Service"],
  { recorded }: StoreRootKey,
  changes: ReadonlyArray<Change>
): Effect.Effect<void, CommitConflict | StorageError> =>
  recorded === undefined
    ? storage.commit(changes)
    : Effect.catchTag(
      storage.commit([...changes, { _tag: "Check", id: rootKeyRecordId, expected: recorded }]),
      "CommitConflict",
      (conflict) =>
        Effect.fail(
          conflict.ids.includes(rootKeyRecordId)
            ? new StorageError({
              reason: "Incompatible",
              message: "The store's root key is being replaced. Open the store again, with the new one."
            })
            : conflict
        )
    )

/** The records of the Storage, under the RootKey. */
export const make = Effect.gen(function*() {
  const storage = yield* Storage
  const rootKey = yield* RootKey
  const reader: Records["reader"] = (schema) => makeReader(schema, storage, rootKey)
  const records: Records = {
    keys: reader(KeyRecord),
    aliases: reader(AliasRecord),
    counts: reader(integer({})),
    reader,
    versions: storage.read,
    ids: (prefix, after, limit) =>
      Effect.map(
        storage.scan({ prefix, limit, ...(after === undefined ? {} : { after }) }),
        (page) => page.map(({ id }) => id)
      ),
    put: (id, content, expectation) =>
      Effect.map(
        Effect.provideService(RecordSeal.seal(id, content), RootKey, rootKey),
        (value) => ({ _tag: "Put", id, value, ...expectation })
      ),
    commit: (changes) => commitUnder(storage, rootKey, changes)
  }
  return records
})
