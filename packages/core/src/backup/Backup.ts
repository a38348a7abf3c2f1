/**
 * A store as one sealed file, under a root key of the backup's own: out of a passphrase, say. Every record is put under that
 * root key, as when a store's root key is replaced, and all of them together are encrypted under it. docs/formats-backup.md
 * has the bytes.
 */
import * as Effect from "effect/Effect"
import { concat } from "../Bytes.ts"
import { during, type RootKeyUses, type StoreRootKey } from "../crypto/RootKey.ts"
import { checkOf, obtainKept, type RootKeySource } from "../crypto/RootKeyRecord.ts"
import { BackupError, type IntegrityError, RootKeyError, type StorageError } from "../Errors.ts"
import { convert } from "../rewrap/Convert.ts"
import { type Change, rootKeyRecordId, Storage, type StoredRecord } from "../storage/Storage.ts"
import * as BackupFile from "./BackupFile.ts"

/** More than any store holds: one scan is one moment. */
const everything = 2 ** 31 - 1

/** These belong to a store's own root key, and go nowhere. */
const ofRootKey = (id: string): boolean => id.startsWith("root/")

const contents = Effect.gen(function*() {
  const found = yield* (yield* Storage).scan({ prefix: "", limit: everything })
  return found.filter(({ id }) => !ofRootKey(id))
})

/** The record's step from under one root key to under another, whose record is not there yet. */
const moved = (stored: StoredRecord, from: RootKeyUses, to: RootKeyUses) =>
  Effect.map(convert(stored, from, to), (change) => {
    if (change?._tag !== "Put") throw new Error("Both root keys are one")
    return { ...change, expected: null }
  })

/** So many records are moved in a row: then others have their turn, such as the page in a browser. */
const inARow = 16

const moveAll = (records: ReadonlyArray<BackupFile.BackupRecord>, from: RootKeyUses, to: RootKeyUses) =>
  Effect.forEach(records, (record, index) => {
    const moving = moved({ ...record, version: "" }, from, to)
    return index % inARow === inARow - 1 ? Effect.andThen(Effect.yieldNow, moving) : moving
  })

/**
 * The open store as the bytes of a backup, as it stood at one moment, while it goes on answering. `source` makes the
 * backup's root key. IntegrityError names a record that must not be used: restore or remove it first.
 */
export const make = Effect.fnUntraced(function*<E, R>(
  rootKey: StoreRootKey,
  source: RootKeySource<E, R>
): Effect.fn.Return<Uint8Array, E | StorageError | IntegrityError, Storage | R> {
  const { parameters, rootKey: own } = yield* source.create
  const copy = Effect.flatMap(contents, (records) => moveAll(records, rootKey, own))
  const records = (yield* during(rootKey)(copy)).map(({ id, value }) => ({ id, value }))
  const header = BackupFile.header({ check: yield* checkOf(own), parameters })
  return concat([header, yield* own.wrap(BackupFile.body(records), header)])
})

const notEmpty = () =>
  new BackupError({
    reason: "NotEmpty",
    message: "The store has keys already, and a backup replaces none. Restore it into an empty store."
  })

const replaced = () =>
  new RootKeyError({
    reason: "Replacing",
    message: "The store's root key was replaced meanwhile. Open the store again, with the new one."
  })

/** Of a backup it is said in other words than of a store. */
const isWrong = (error: unknown): boolean => error instanceof RootKeyError && error.reason === "Wrong"

const wrong = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "This is not the passphrase that the backup was made with, or its first lines were changed. Try another."
  })

const changed = () =>
  new BackupError({
    reason: "Changed",
    message: "The backup is not as it was written: it was changed or cut short. Use another copy of it."
  })

/**
 * Puts a backup's records into the open store, which must be empty: all of them or none. Answers how many. `source` finds
 * the backup's root key; RootKeyError says that it is another's.
 */
export const restore = Effect.fnUntraced(function*<E, R>(
  bytes: Uint8Array,
  rootKey: StoreRootKey,
  source: RootKeySource<E, R>
): Effect.fn.Return<number, E | StorageError | RootKeyError | BackupError | IntegrityError, Storage | R> {
  const { body, header, kept } = yield* Effect.fromResult(BackupFile.parse(bytes))
  const own = yield* Effect.mapError(obtainKept(source, kept), (error) => isWrong(error) ? wrong() : error)
  const text = yield* Effect.mapError(own.unwrap(body, header), changed)
  const records = yield* Effect.fromResult(BackupFile.parseBody(text))
  const storage = yield* Storage
  const putting = Effect.gen(function*() {
    if ((yield* contents).length > 0) return yield* notEmpty()
    const puts = yield* moveAll(records, own, rootKey)
    const fence: ReadonlyArray<Change> = rootKey.recorded === undefined
      ? []
      : [{ _tag: "Check", id: rootKeyRecordId, expected: rootKey.recorded }]
    yield* Effect.catchTag(
      storage.commit([...puts, ...fence]),
      "CommitConflict",
      ({ ids }) => Effect.fail(ids.includes(rootKeyRecordId) ? replaced() : notEmpty())
    )
    return puts.length
  })
  return yield* during(rootKey)(putting)
})
