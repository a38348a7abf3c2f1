/**
 * Records as the interpreter sees them: verified against their code, decoded, and kept for the next time. A record is
 * verified when it is loaded, and not again while what is stored carries the same version and code.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as RecordSeal from "../crypto/RecordSeal.ts"
import { RootKey } from "../crypto/RootKey.ts"
import { AliasRecord } from "../domain/AliasRecord.ts"
import { KeyRecord } from "../domain/KeyRecord.ts"
import type { IntegrityError, StorageError } from "../Errors.ts"
import {
  type Change,
  type Expectation,
  type Json,
  Storage,
  type StoredRecord,
  type Version
} from "../storage/Storage.ts"

/** A sort of record. */
export interface Kind<Content> {
  readonly decode: (content: Json) => Result.Result<Content, unknown>
}

const kind = <Content>(schema: Schema.ConstraintDecoder<Content>): Kind<Content> => ({
  decode: Schema.decodeUnknownResult(schema, { onExcessProperty: "error" })
})

export const keyKind: Kind<KeyRecord> = kind(KeyRecord)
export const aliasKind: Kind<AliasRecord> = kind(AliasRecord)
/** How many keys there are. */
export const countKind: Kind<number> = kind(Schema.Int)

/** A record's content, and the version of what is stored. */
export interface Loaded<Content> {
  readonly id: string
  readonly version: Version
  readonly content: Content
}

/** How many verified records are kept. */
export const verifiedRecords = 10_000

interface Verified {
  readonly version: Version
  readonly mac: unknown
  readonly loaded: Loaded<unknown>
}

const macOf = (value: Json): unknown =>
  typeof value === "object" && value !== null && "mac" in value ? value["mac"] : null

export const make = Effect.gen(function*() {
  const storage = yield* Storage
  const rootKey = yield* RootKey
  const verified = new Map<string, Verified>()

  const remember = (stored: StoredRecord, loaded: Loaded<unknown>) => {
    verified.delete(stored.id)
    verified.set(stored.id, { version: stored.version, mac: macOf(stored.value), loaded })
    for (const oldest of verified.keys()) {
      if (verified.size <= verifiedRecords) break
      verified.delete(oldest)
    }
  }

  const known = <Content>(kind: Kind<Content>, stored: StoredRecord): Loaded<Content> | undefined => {
    const found = verified.get(stored.id)
    if (found === undefined || found.version !== stored.version || found.mac !== macOf(stored.value)) return undefined
    return sameKind(kind, found.loaded)
  }

  const verify = Effect.fnUntraced(function*<Content>(kind: Kind<Content>, stored: StoredRecord) {
    const content = yield* Effect.provideService(RecordSeal.open(stored.id, stored.value), RootKey, rootKey)
    const decoded = kind.decode(content)
    if (Result.isFailure(decoded)) return yield* RecordSeal.broken(stored.id)
    const loaded: Loaded<Content> = { id: stored.id, version: stored.version, content: decoded.success }
    remember(stored, loaded)
    return loaded
  })

  const open = <Content>(kind: Kind<Content>, stored: StoredRecord): Effect.Effect<Loaded<Content>, IntegrityError> => {
    const found = known(kind, stored)
    return found === undefined ? verify(kind, stored) : Effect.succeed(found)
  }

  return {
    /** The record, or undefined. */
    read: <Content>(
      kind: Kind<Content>,
      id: string
    ): Effect.Effect<Loaded<Content> | undefined, StorageError | IntegrityError> =>
      Effect.flatMap(storage.read([id]), (records): Effect.Effect<Loaded<Content> | undefined, IntegrityError> => {
        const stored = records.get(id)
        return stored === undefined ? Effect.undefined : open(kind, stored)
      }),
    /** Several records of one kind; absent ones are left out. */
    readAll: Effect.fnUntraced(function*<Content>(kind: Kind<Content>, ids: ReadonlyArray<string>) {
      const records = yield* storage.read(ids)
      return yield* Effect.forEach(records.values(), (stored) => open(kind, stored))
    }),
    /** A page of records of one kind, in the order of their ids. */
    scan: Effect.fnUntraced(function*<Content>(
      kind: Kind<Content>,
      prefix: string,
      after: string | undefined,
      limit: number
    ) {
      const page = yield* storage.scan({ prefix, limit, ...(after === undefined ? {} : { after: prefix + after }) })
      return yield* Effect.forEach(page, (stored) => open(kind, stored))
    }),
    /** The ids of a page. */
    ids: (prefix: string, limit: number): Effect.Effect<ReadonlyArray<string>, StorageError> =>
      Effect.map(storage.scan({ prefix, limit }), (page) => page.map(({ id }) => id)),
    /** The step that stores a content. */
    put: (id: string, content: Json, expectation: Expectation): Effect.Effect<Change> =>
      Effect.map(
        Effect.provideService(RecordSeal.seal(id, content), RootKey, rootKey),
        (value) => ({ _tag: "Put", id, value, ...expectation })
      ),
    commit: storage.commit
  }
})

/** The records of one store. */
export type Records = Effect.Success<typeof make>

/** An id has one kind for ever: ids of keys, aliases and counts begin with different words. */
const sameKind = <Content>(_kind: Kind<Content>, loaded: Loaded<unknown>): Loaded<Content> => loaded as Loaded<Content>
