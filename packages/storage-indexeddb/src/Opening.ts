/** Opening the database: making or upgrading it, and seeing that it is ours, and the one that is meant. */
import type { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { openDB } from "idb"
import { type Database, isOurs, migrate, type Schema, STATE, stateOf, VERSION } from "./Database.ts"
import { absent, deleted, foreign, outdated, storageError, waiting } from "./Failure.ts"

/** How long opening waits for other tabs. They give way at once if they are Keystead's, and the browser has not frozen them. */
const PATIENCE = "10 seconds"

/** What happens to an open connection. */
export interface Events {
  /** It must be closed, for good. */
  readonly onGiveWay: (why: StorageError) => void
  /** The browser cut it. */
  readonly onLost: () => void
}

/** A database that was opened. */
export interface Opened {
  readonly database: Database
  /** Tells the database from a later one of the same name. */
  readonly identity: string
}

/**
 * Opens the database; with an identity, only that one, for a handle that has lost its connection must not go on with an
 * empty database as if nothing had been stored.
 */
export const openDatabase = (
  name: string,
  events: Events,
  identity: string | undefined
): Effect.Effect<Opened, StorageError> =>
  Effect.suspend(() =>
    typeof indexedDB === "undefined"
      ? Effect.fail(absent(name))
      : Effect.timeoutOrElse(attempt(name, events, identity), {
        duration: PATIENCE,
        orElse: () => Effect.fail(waiting(name))
      })
  )

const attempt = Effect.fnUntraced(function*(name: string, events: Events, identity: string | undefined) {
  let isGone = false
  const database = yield* Effect.tryPromise({
    try: async (signal) => {
      const opened = await openDB<Schema>(name, VERSION, {
        upgrade: (fresh, from, _to, upgrade) => {
          // It ends as `openDB` does, which tells.
          upgrade.done.catch(() => undefined)
          isGone = from === 0 && identity !== undefined
          if (isGone) upgrade.abort()
          else migrate(fresh, upgrade, from)
        },
        blocking: (_from, to) => events.onGiveWay(to === null ? deleted(name) : outdated(name)),
        terminated: events.onLost
      })
      // Nobody waits for it any more, and it must not be in others' way.
      if (signal.aborted) opened.close()
      return opened
    },
    catch: (thrown) => isGone ? deleted(name) : storageError(name, thrown)
  })
  const found = isOurs(database) ? yield* stateIn(database, name) : undefined
  if (found !== undefined && (identity ?? found.identity) === found.identity) {
    return { database, identity: found.identity }
  }
  database.close()
  return yield* Effect.fail(found === undefined ? foreign(name) : deleted(name))
})

const stateIn = (database: Database, name: string) =>
  Effect.tryPromise({
    try: async () => stateOf(await database.get("store", STATE)),
    catch: (thrown) => {
      database.close()
      return storageError(name, thrown)
    }
  })
