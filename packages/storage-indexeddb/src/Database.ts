/**
 * What the database holds. Its version is the number of migrations that it went through: whoever opens an older one makes
 * those that it lacks, in IndexedDB's upgrade transaction, all of them or none.
 *
 * A new version is one more migration at the end of the list; those before it are never changed.
 */
import type { Json } from "@keystead/core/storage/Storage"
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from "idb"

/** A record under its key. */
export interface Row {
  /** The key as text, so that the browser's tools show what a record is, and a row in a wrong place is noticed. */
  readonly id: string
  readonly version: string
  readonly value: Json
}

/** What the database says of itself, under the key {@link STATE}. */
export interface State {
  /** Made once with the database: another one of the same name, made after this was deleted, is told apart. */
  readonly identity: string
  /** How many commits changed something. Each gives its records this number as their version. */
  readonly commits: number
}

/** The newest version's object stores. */
export interface Schema extends DBSchema {
  readonly records: { readonly key: Uint8Array<ArrayBuffer>; readonly value: Row }
  readonly store: { readonly key: string; readonly value: State }
}

/** The one key of the object store `store`. */
export const STATE = "state"

/** An open database. */
export type Database = IDBPDatabase<Schema>

/** A transaction that reads records. */
export type Reading = IDBPTransaction<Schema, ["records"]>

/** A transaction that may change everything. */
export type Writing = IDBPTransaction<Schema, ["records", "store"], "readwrite">

/** The transaction in which a database is made or brought to a newer version. */
export type Upgrade = IDBPTransaction<Schema, Array<StoreNames<Schema>>, "versionchange">

const migrations: ReadonlyArray<(database: Database, upgrade: Upgrade) => void> = [
  (database, upgrade) => {
    database.createObjectStore("records")
    database.createObjectStore("store")
    // If this cannot be stored, the upgrade ends, and whoever opens the database is told.
    void ignoring(upgrade.objectStore("store").put({ identity: crypto.randomUUID(), commits: 0 }, STATE))
  }
]

const ignoring = (request: Promise<unknown>): Promise<unknown> => request.catch(() => undefined)

/** The version that this Keystead writes. */
export const VERSION = migrations.length

/** Brings a database of an older version to this one; version 0 is one that was not there. */
export const migrate = (database: Database, upgrade: Upgrade, from: number): void => {
  for (const migration of migrations.slice(from)) migration(database, upgrade)
}

/** Whether the object stores are there: another program may have a database of this name. */
export const isOurs = ({ objectStoreNames }: Database): boolean =>
  objectStoreNames.contains("records") && objectStoreNames.contains("store")

/** What was read under {@link STATE}, if that is what we stored. */
export const stateOf = (found: unknown): State | undefined => {
  if (typeof found !== "object" || found === null || !("identity" in found) || !("commits" in found)) return undefined
  const { commits, identity } = found
  return typeof identity === "string" && typeof commits === "number" && Number.isSafeInteger(commits) && commits >= 0
    ? { identity, commits }
    : undefined
}
