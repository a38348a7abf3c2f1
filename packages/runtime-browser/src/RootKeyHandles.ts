/**
 * Where the handles of root keys are kept: a small database beside the store's, `NAME.rootkey`. IndexedDB stores a `CryptoKey`
 * as what it is, and gives it back so: no script gets its bytes.
 */
import { RootKeyError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { type DBSchema, type IDBPDatabase, openDB } from "idb"
import { newHandle } from "./CryptoKeyRootKey.ts"

/** The root key of the store, or the one that takes its place. */
export type Place = "current" | "next"

interface Schema extends DBSchema {
  readonly handles: { readonly key: Place; readonly value: CryptoKey }
}

/** The name of the database with the handles of a store's database. */
export const databaseOf = (database: string): string => `${database}.rootkey`

const problem = (database: string, error: unknown) =>
  new RootKeyError({
    reason: "Unreadable",
    message: `The IndexedDB database "${databaseOf(database)}" with the root key cannot be used `
      + `(${error instanceof Error || error instanceof DOMException ? error.name : "for an unknown reason"}). `
      + "Close other tabs of this site, see that it may store data, and try again."
  })

/** Opens the database for as long as the work takes, so that nobody who deletes it has to wait. */
const using = <A>(database: string, work: (handles: IDBPDatabase<Schema>) => Promise<A>) =>
  Effect.tryPromise({
    try: async () => {
      const handles = await openDB<Schema>(databaseOf(database), 1, {
        upgrade: (handles) => void handles.createObjectStore("handles")
      })
      try {
        return await work(handles)
      } finally {
        handles.close()
      }
    },
    catch: (error) => problem(database, error)
  })

const writing = (handles: IDBPDatabase<Schema>) => handles.transaction("handles", "readwrite", { durability: "strict" })

/** The handle there, if there is one. */
export const find = (database: string, place: Place): Effect.Effect<CryptoKey | undefined, RootKeyError> =>
  using(database, (handles) => handles.get("handles", place))

/** The handle there; a new one if there is none. Of several tabs that ask at once the first one's counts. */
export const findOrMake = (database: string, place: Place): Effect.Effect<CryptoKey, RootKeyError> =>
  using(database, async (handles) => {
    // A transaction ends when it has nothing to do: the handle is made before.
    const made = await newHandle()
    const transaction = writing(handles)
    const there = await transaction.store.get(place)
    if (there === undefined) await transaction.store.put(made, place)
    await transaction.done
    return there ?? made
  })

/** Puts the next handle into the place of the current one, which is gone then. */
export const advance = (database: string): Effect.Effect<void, RootKeyError> =>
  using(database, async (handles) => {
    const transaction = writing(handles)
    const next = await transaction.store.get("next")
    if (next !== undefined) {
      await transaction.store.put(next, "current")
      await transaction.store.delete("next")
    }
    await transaction.done
  })

/** Forgets all handles: nothing is under them any more. */
export const forget = (database: string): Effect.Effect<void, RootKeyError> =>
  using(database, async (handles) => {
    const transaction = writing(handles)
    await transaction.store.clear()
    await transaction.done
  })
