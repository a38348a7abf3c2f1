/**
 * Reads records of one kind. A record is verified against its code when it is loaded, and not again while what is stored
 * carries the same version and code.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as SchemaParser from "effect/SchemaParser"
import * as RecordSeal from "../crypto/RecordSeal.ts"
import { RootKey } from "../crypto/RootKey.ts"
import type { IntegrityError, StorageError } from "../Errors.ts"
import type { Storage, StoredRecord, Version } from "../storage/Storage.ts"

/** A record's content, and the version of what is stored. */
export interface Loaded<Content> {
  readonly id: string
  readonly version: Version
  readonly content: Content
}

/** Reads records of one kind. IntegrityError names a record that must not be used. */
export interface Reader<Content> {
  /** The record, or undefined. */
  readonly read: (id: string) => Effect.Effect<Loaded<Content> | undefined, StorageError | IntegrityError>
  /** Several records; absent ones are left out. */
  readonly readAll: (
    ids: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<Loaded<Content>>, StorageError | IntegrityError>
  /** A page, in the order of the ids, after the id `prefix + after`. In a record's place may be why it must not be used. */
  readonly scan: (
    prefix: string,
    after: string | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<Loaded<Content> | IntegrityError>, StorageError>
}

/** How many verified records of a kind are kept, the least recently verified leaving first. */
export const verifiedRecords = 10_000

interface Verified<Content> {
  readonly mac: string | undefined
  readonly loaded: Loaded<Content>
}

const makeVerifier = <Content>(
  schema: Schema.ConstraintDecoder<Content>,
  rootKey: RootKey["Service"]
): (stored: StoredRecord) => Effect.Effect<Loaded<Content>, IntegrityError> => {
  const decode = SchemaParser.decodeUnknownResult(schema, { onExcessProperty: "error" })
  const verified = new Map<string, Verified<Content>>()

  const remember = (mac: string | undefined, loaded: Loaded<Content>): void => {
    verified.delete(loaded.id)
    verified.set(loaded.id, { mac, loaded })
    for (const oldest of verified.keys()) {
      if (verified.size <= verifiedRecords) break
      verified.delete(oldest)
    }
  }

  const verify = Effect.fnUntraced(function*(stored: StoredRecord) {
    const content = yield* Effect.provideService(RecordSeal.open(stored.id, stored.value), RootKey, rootKey)
    const decoded = decode(content)
    if (Result.isFailure(decoded)) return yield* RecordSeal.broken(stored.id)
    const loaded: Loaded<Content> = { id: stored.id, version: stored.version, content: decoded.success }
    remember(RecordSeal.macOf(stored.value), loaded)
    return loaded
  })

  return (stored) => {
    const known = verified.get(stored.id)
    const same = known?.loaded.version === stored.version && known.mac === RecordSeal.macOf(stored.value)
    return same ? Effect.succeed(known.loaded) : verify(stored)
  }
}

/** Reads records of the kind that the schema describes. */
export const makeReader = <Content>(
  schema: Schema.ConstraintDecoder<Content>,
  storage: Storage["Service"],
  rootKey: RootKey["Service"]
): Reader<Content> => {
  const open = makeVerifier(schema, rootKey)
  return {
    read: (id) =>
      Effect.flatMap(storage.read([id]), (records): Effect.Effect<Loaded<Content> | undefined, IntegrityError> => {
        const stored = records.get(id)
        return stored === undefined ? Effect.undefined : open(stored)
      }),
    readAll: (ids) => Effect.flatMap(storage.read(ids), (records) => Effect.forEach(records.values(), open)),
    scan: (prefix, after, limit) =>
      Effect.flatMap(
        storage.scan({ prefix, limit, ...(after === undefined ? {} : { after: prefix + after }) }),
        Effect.forEach((stored) => Effect.catch(open(stored), Effect.succeed))
      )
  }
}
