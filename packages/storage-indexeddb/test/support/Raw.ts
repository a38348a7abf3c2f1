/** What others do to the database: another program, an older or a newer version of the app, the user. */
import type { StorageError } from "@keystead/core/Errors"
import * as IndexedDbStorage from "@keystead/storage-indexeddb/IndexedDbStorage"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { deleteDB, type IDBPDatabase, openDB } from "idb"

let held: IDBPDatabase | undefined

/** Opens the database in that version, with an object store of that name if it has none yet, and holds it open, whoever asks. */
export const hold = async (name: string, version: number, store: string): Promise<number> => {
  held = await openDB(name, version, {
    upgrade: (database) => {
      if (!database.objectStoreNames.contains(store)) database.createObjectStore(store)
    }
  })
  return held.version
}

/** Lets it go. */
export const release = (): Promise<void> => Promise.resolve(held?.close())

/** Deletes the database; tells whether someone held it open. */
export const remove = async (name: string): Promise<string> => {
  let how = "deleted"
  await deleteDB(name, { blocked: () => void (how = "deleted after waiting") })
  return how
}

/** Begins to delete the database, which someone holds. */
export const beginRemoving = (name: string): Promise<string> =>
  new Promise((resolve) => void deleteDB(name, { blocked: () => resolve("waiting") }))

type Key = string | ReadonlyArray<number>

const keyOf = (key: Key): IDBValidKey => typeof key === "string" ? key : new Uint8Array(key)

/** Writes a row that is none of the store's. */
export const overwrite = async (name: string, store: string, key: Key, row: unknown): Promise<void> => {
  const database = await openDB(name)
  await database.put(store, row, keyOf(key))
  database.close()
}

/** Makes a database as some version of the app left it. */
export const restore = async (
  name: string,
  version: number,
  stores: Readonly<Record<string, ReadonlyArray<readonly [Key, unknown]>>>
): Promise<void> => {
  const database = await openDB(name, version, {
    upgrade: (made) => {
      for (const store of Object.keys(stores)) made.createObjectStore(store)
    }
  })
  for (const [store, rows] of Object.entries(stores)) {
    for (const [key, row] of rows) await database.put(store, row, keyOf(key))
  }
  database.close()
}

/** Every row, as any script of the site can read it. */
export const dump = async (name: string): Promise<unknown> => {
  const database = await openDB(name)
  const found = await Promise.all([...database.objectStoreNames].map((store) => database.getAll(store)))
  database.close()
  return found
}

const opened = new Map<string, Array<IDBDatabase>>()

/** Notes every connection, so that one can be cut. */
const noting: typeof IDBFactory.prototype.open = Reflect.get(IDBFactory.prototype, "open")
IDBFactory.prototype.open = function(name, version) {
  const request = noting.call(this, name, version)
  request.addEventListener("success", () => opened.set(name, [...opened.get(name) ?? [], request.result]))
  return request
}

/** Cuts all connections of this page or worker to the database, as a browser does in need; some browsers do not tell. */
export const cut = (name: string, doesTell: boolean): Promise<void> => {
  for (const database of opened.get(name) ?? []) {
    database.close()
    if (doesTell) database.dispatchEvent(new Event("close"))
  }
  return Promise.resolve()
}

/** Opens the store while someone holds it, and waits as long as it takes: by another clock, in no time. */
export const openInVain = (name: string): Promise<string> =>
  Effect.gen(function*() {
    const opening = yield* Effect.forkChild(Effect.flip(Effect.scoped(IndexedDbStorage.make({ name }))))
    // The browser is asked, and does not answer.
    yield* Effect.promise(() => new Promise((resolve) => void setTimeout(resolve, 50)))
    yield* TestClock.adjust("10 seconds")
    const { message, reason }: StorageError = yield* Fiber.join(opening)
    return `${reason}: ${message}`
  }).pipe(
    Effect.catch(() => Effect.succeed("opened")),
    Effect.provide(TestClock.layer()),
    Effect.runPromise
  )
