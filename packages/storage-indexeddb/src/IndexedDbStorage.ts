/**
 * The Storage service in IndexedDB: a commit is one transaction, on the disk before it answers. Any number of tabs, workers
 * and service workers of a site have it open at once.
 */
import type { StorageError } from "@keystead/core/Errors"
import { acceptChanges, frozenCopy, isAcceptableId } from "@keystead/core/storage/Acceptable"
import { unmet } from "@keystead/core/storage/KeyStore"
import { type Change, CommitConflict, type ScanRange, Storage, type StoredRecord } from "@keystead/core/storage/Storage"
import * as Utf8 from "@keystead/core/Utf8"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type Connection, open } from "./Connection.ts"
import { STATE, type State, stateOf, type Writing } from "./Database.ts"
import { corrupt, foreign, illFormed } from "./Failure.ts"
import { rangeOf, toKey } from "./RecordId.ts"

/** Where the store is kept. */
export interface Options {
  /** The database's name, "keystead" by default; it is made if it is not there. */
  readonly name?: string
}

/** Opens the store in a database of this site. Takes no longer for a large store than for a small one. */
export const make = (options: Options = {}): Effect.Effect<Storage["Service"], StorageError, Scope.Scope> =>
  Effect.map(open(options.name ?? "keystead"), (connection) => ({
    read: (ids) => read(connection, ids),
    scan: (range) => scan(connection, range),
    commit: (changes) => commit(connection, changes)
  }))

/** The store in a database of this site. */
export const layer = (options: Options = {}): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))

const read = Effect.fnUntraced(function*(connection: Connection, ids: ReadonlyArray<string>) {
  const found = new Map<string, StoredRecord>()
  const wanted = [...new Set(ids)].filter(isAcceptableId)
  if (wanted.length === 0) return found
  const rows = yield* connection.read((transaction) => rowsOf(transaction.objectStore("records"), wanted))
  for (const [index, id] of wanted.entries()) {
    if (rows[index] !== undefined) found.set(id, yield* recordOf(connection, id, rows[index]))
  }
  return found
})

interface Records {
  readonly get: (key: Uint8Array<ArrayBuffer>) => Promise<unknown>
}

/** The rows of the ids, undefined where there is none. */
const rowsOf = (records: Records, ids: ReadonlyArray<string>): Promise<ReadonlyArray<unknown>> =>
  Promise.all(ids.map((id) => records.get(toKey(id))))

const scan = Effect.fnUntraced(function*(connection: Connection, { after, limit, prefix }: ScanRange) {
  // No id begins with half a character, and nothing can tell what comes after one.
  if (!Utf8.isWellFormed(prefix)) return []
  if (after !== undefined && !Utf8.isWellFormed(after)) return yield* illFormed(connection.name)
  const range = rangeOf(prefix, after)
  if (range === undefined) return []
  const [keys, rows] = yield* connection.read((transaction) => {
    const records = transaction.objectStore("records")
    return Promise.all([records.getAllKeys(range, limit), records.getAll(range, limit)])
  })
  return yield* Effect.forEach(
    keys,
    (key, index) => recordOf(connection, Utf8.decode(new Uint8Array(key)) ?? "?", rows[index])
  )
})

/** A row as the record that it stands for, if it is what was stored under that id. */
const recordOf = ({ name }: Connection, id: string, row: unknown): Effect.Effect<StoredRecord, StorageError> => {
  if (typeof row === "object" && row !== null && "id" in row && "version" in row && "value" in row) {
    const value = frozenCopy(row.value)
    if (row.id === id && typeof row.version === "string" && value !== undefined) {
      return Effect.succeed(Object.freeze({ id, version: row.version, value }))
    }
  }
  return Effect.fail(corrupt(name, id))
}

const commit = Effect.fnUntraced(function*(connection: Connection, changes: ReadonlyArray<Change>) {
  const accepted = yield* Effect.fromResult(acceptChanges(changes))
  const checked = accepted.filter(({ expected }) => expected !== undefined).map(({ id }) => id)
  const changed = accepted.filter(({ _tag }) => _tag !== "Check")
  if (accepted.length === 0) return
  const conflicts = changed.length === 0
    ? yield* connection.read(async (transaction) =>
      unmetIn(accepted, checked, await rowsOf(transaction.objectStore("records"), checked))
    )
    : yield* connection.write((transaction) => write(connection, transaction, accepted, checked))
  if (conflicts.length > 0) yield* new CommitConflict({ ids: conflicts })
})

/** Which expectations the rows of the ids do not meet. */
const unmetIn = (changes: ReadonlyArray<Change>, ids: ReadonlyArray<string>, rows: ReadonlyArray<unknown>) => {
  const versions = new Map(ids.map((id, index) => [id, versionIn(rows[index])]))
  return unmet(changes, (id) => versions.get(id))
}

const versionIn = (row: unknown): string | undefined => {
  if (row === undefined) return undefined
  // What was changed from outside has no version that anyone could expect.
  return typeof row === "object" && row !== null && "version" in row && typeof row.version === "string"
    ? row.version
    : ""
}

/** What is asked of the browser, one after the other. */
const requestsFor = function*(
  transaction: Writing,
  state: State,
  changes: ReadonlyArray<Change>
): Generator<Promise<unknown>> {
  const records = transaction.objectStore("records")
  yield transaction.objectStore("store").put(state, STATE)
  for (const change of changes) {
    const [id, key] = [change.id, toKey(change.id)]
    if (change._tag === "Put") yield records.put({ id, version: String(state.commits), value: change.value }, key)
    else if (change._tag === "Remove") yield records.delete(key)
  }
}

/** Changes all, or gives the ids whose records are not as expected. */
const write = async (
  { name }: Connection,
  transaction: Writing,
  changes: ReadonlyArray<Change>,
  checked: ReadonlyArray<string>
) => {
  const [records, store] = [transaction.objectStore("records"), transaction.objectStore("store")]
  const [found, rows] = await Promise.all([store.get(STATE), rowsOf(records, checked)])
  const state = stateOf(found)
  if (state === undefined) throw foreign(name)
  const conflicts = unmetIn(changes, checked, rows)
  // Without a request more, the transaction ends; nothing was changed.
  if (conflicts.length > 0) return conflicts
  const requests: Array<Promise<unknown>> = []
  try {
    const next = { ...state, commits: state.commits + 1 }
    for (const request of requestsFor(transaction, next, changes)) requests.push(request)
  } catch (thrown) {
    // Refused at once, such as a value that is too large: what was asked for before it must not stay, either.
    transaction.abort()
    await Promise.allSettled(requests)
    throw thrown
  }
  transaction.commit()
  await Promise.all([...requests, transaction.done])
  return conflicts
}
