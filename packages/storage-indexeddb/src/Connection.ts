/**
 * An open database that stays usable: a connection that the browser cuts is made again, to the same database only; one
 * that a newer version of the app or a deletion needs closed is closed at once, for good.
 *
 * IndexedDB's transactions are atomic and isolated between all tabs and workers of a site, and wait for each other in the
 * browser: no other lock (Web Locks) is needed.
 */
import type { StorageError } from "@keystead/core/Errors"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { Database, Reading, Writing } from "./Database.ts"
import { closed, storageError } from "./Failure.ts"
import { type Events, openDatabase } from "./Opening.ts"

/**
 * A handle on one database. What it runs must keep its transaction busy from the first moment on, for IndexedDB ends a
 * transaction that has nothing to do when the event loop turns.
 */
export interface Connection {
  readonly name: string
  /** Runs a transaction that reads records. */
  readonly read: <A>(run: (transaction: Reading) => Promise<A>) => Effect.Effect<A, StorageError>
  /** Runs a transaction that may change everything, and is on the disk when it is done. */
  readonly write: <A>(run: (transaction: Writing) => Promise<A>) => Effect.Effect<A, StorageError>
}

interface Ending {
  readonly done: Promise<void>
}

/** The connection was cut before the transaction began, so that nothing of it has happened. */
class ConnectionLost extends Data.TaggedError("ConnectionLost")<{ readonly cause: unknown }> {}

/** Opens the database, and makes it if it is not there. */
export const open = (name: string): Effect.Effect<Connection, StorageError, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(connect(name), ({ close }) => close, { interruptible: true }),
    ({ run }): Connection => ({
      name,
      read: (transaction) => run((database) => database.transaction("records", "readonly"), transaction),
      write: (transaction) => run(beginWriting, transaction)
    })
  )

const beginWriting = (database: Database): Writing =>
  database.transaction(["records", "store"], "readwrite", { durability: "strict" })

const connect = Effect.fnUntraced(function*(name: string) {
  let present: Database | undefined
  let ended: StorageError | undefined
  const events: Events = {
    onGiveWay: (why) => {
      ended ??= why
      present?.close()
      present = undefined
    },
    onLost: () => {
      present = undefined
    }
  }
  const adopt = (database: Database) => {
    if (ended !== undefined) database.close()
    else present = database
  }
  const { database: first, identity } = yield* openDatabase(name, events, undefined)
  adopt(first)

  const current: Effect.Effect<Database, StorageError> = Effect.suspend(() => {
    if (ended !== undefined) return Effect.fail(ended)
    return present === undefined ? reopen : Effect.succeed(present)
  })
  const one = Semaphore.makeUnsafe(1)
  const reopen = one.withPermit(Effect.suspend(() =>
    present !== undefined || ended !== undefined
      ? current
      : Effect.flatMap(openDatabase(name, events, identity), ({ database }) => {
        adopt(database)
        return current
      })
  ))

  const attempt = <T extends Ending, A>(begin: (database: Database) => T, run: (transaction: T) => Promise<A>) =>
    Effect.flatMap(current, (database) =>
      Effect.tryPromise({
        try: () => run(beginOn(database, begin)),
        catch: (thrown) => {
          if (!(thrown instanceof ConnectionLost)) return storageError(name, thrown)
          if (present === database) present = undefined
          return thrown
        }
      }))
  const run = <T extends Ending, A>(begin: (database: Database) => T, transaction: (transaction: T) => Promise<A>) =>
    attempt(begin, transaction).pipe(
      Effect.catchTag("ConnectionLost", () => attempt(begin, transaction)),
      Effect.catchTag("ConnectionLost", ({ cause }) => Effect.fail(storageError(name, cause)))
    )
  return { run, close: Effect.sync(() => events.onGiveWay(closed(name))) }
})

/** Not every browser tells when it cut a connection: then no transaction can begin on it. */
const beginOn = <T extends Ending>(database: Database, begin: (database: Database) => T): T => {
  try {
    const transaction = begin(database)
    // Its requests fail as it does, and they tell.
    transaction.done.catch(() => undefined)
    return transaction
  } catch (cause) {
    throw new ConnectionLost({ cause })
  }
}
