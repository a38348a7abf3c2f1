/** From what Deno KV says to what a store says: where, what is wrong, what to do. */
import { StorageError, type StorageFailure } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

const known: ReadonlyArray<readonly [says: RegExp, reason: StorageFailure, what: string]> = [
  [/database or disk is full/i, "Full", "has no space left. Free some and try again: nothing was changed"],
  [/readonly database|permission denied/i, "ReadOnly", "may not be written. Let this user write it, and try again"],
  [/malformed|not a database/i, "Corrupt", "is damaged, or no Deno KV. Restore it from a backup"],
  [/too large/i, "Unacceptable", "does not take a value so large. Store a smaller one"]
]

const textOf = (cause: unknown): string => cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)

/** What went wrong at a place: Deno KV's own words tell what, as it has no codes. */
export const storageError = (place: string, cause: unknown): StorageError => {
  const text = textOf(cause)
  const [, reason, what] = known.find(([says]) => says.test(text)) ??
    [/./, "Unavailable", "does not answer. Try again"] as const
  return new StorageError({ reason, message: `${place} ${what} (${text}).`, place })
}

/**
 * A promise of Deno KV. SQLite lets one handle write at a time, and Deno's does not wait for its turn: what found the file
 * locked has done nothing, and is asked again, for half a minute.
 */
export const attempt = <A>(place: string, run: () => Promise<A>): Effect.Effect<A, StorageError> =>
  Effect.tryPromise({ try: run, catch: (cause) => cause }).pipe(
    Effect.retry({ while: isLocked, schedule: turns }),
    Effect.mapError((cause) => storageError(place, cause))
  )

const isLocked = (cause: unknown): boolean => /database is locked|busy/i.test(textOf(cause))

const turns = Schedule.spaced(5).pipe(Schedule.jittered, Schedule.upTo({ duration: 30_000 }))

/** What is stored under that id is no record. */
export const corrupt = (id: string): StorageError =>
  new StorageError({
    reason: "Corrupt",
    message: `The record ${JSON.stringify(id)} is damaged. Restore it from a backup.`,
    place: id
  })

/** The store was written by a Keystead that knows more. */
export const newer = (place: string): StorageError =>
  new StorageError({
    reason: "Incompatible",
    message: `${place} was written by a newer Keystead: use that one.`,
    place
  })

/** The commit or id is more than Deno KV takes. */
export const tooLarge = (place: string, what: string): StorageError =>
  new StorageError({ reason: "Unacceptable", message: `${place} does not take ${what}.`, place })

/** Others were always first. */
export const busy = (place: string): StorageError =>
  new StorageError({
    reason: "Unavailable",
    message: `${place} is changed by others without a pause. Try again.`,
    place
  })
