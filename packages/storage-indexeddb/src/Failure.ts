/** From what IndexedDB throws to what a store says: where, what is wrong, what to do. */
import { StorageError, type StorageFailure } from "@keystead/core/Errors"

interface Failure {
  readonly reason: StorageFailure
  readonly what: string
}

const failures: Readonly<Record<string, Failure>> = {
  QuotaExceededError: {
    reason: "Full",
    what:
      "has no space left: the browser gives this site no more. Nothing was changed. Remove data of this site, or free " +
      "space on the device, and try again."
  },
  VersionError: {
    reason: "Incompatible",
    what: "was written by a newer version of this app. Reload the page to get that version."
  },
  SecurityError: {
    reason: "Unavailable",
    what: "may not be opened here: the browser's settings, or the frame that this page is in, forbid stored data."
  },
  DataCloneError: { reason: "Unacceptable", what: "does not take such a value." },
  DataError: { reason: "Unacceptable", what: "does not take such a value." },
  NotReadableError: { reason: "Corrupt", what: "can no longer be read from the disk. Restore it from a backup." }
}

const unknown: Failure = {
  reason: "Unavailable",
  what: "does not answer as it should. Nothing was changed. Try again; if that does not help, reload the page."
}

/** The name of the place in messages. */
export const placeOf = (name: string): string => `The IndexedDB database ${JSON.stringify(name)}`

/** The store's error for what the browser threw; one that is the store's already stays. */
export const storageError = (name: string, thrown: unknown): StorageError => {
  if (thrown instanceof StorageError) return thrown
  const kind = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : ""
  const { reason, what } = failures[kind] ?? unknown
  const shown = kind === "" ? "" : ` (${kind})`
  return failure(name, reason, `${what}${shown}`)
}

const failure = (name: string, reason: StorageFailure, what: string): StorageError =>
  new StorageError({ reason, message: `${placeOf(name)} ${what}`, place: name })

/** There is no IndexedDB where the program runs. */
export const absent = (name: string): StorageError =>
  failure(name, "Unavailable", "cannot be opened: there is no IndexedDB here. Use another store.")

/** The database is being opened for too long. */
export const waiting = (name: string): StorageError =>
  failure(
    name,
    "Unavailable",
    "is held by another tab that is older, or busy. Close the other tabs of this site, and try again."
  )

/** A newer version of the app changes the database. */
export const outdated = (name: string): StorageError =>
  failure(
    name,
    "Incompatible",
    "is being upgraded by a newer version of this app. Reload the page to get that version."
  )

/** The database was deleted: by another tab, by the user, or by the browser. */
export const deleted = (name: string): StorageError =>
  failure(
    name,
    "Unavailable",
    "was deleted, by another tab, by the user, or by the browser for want of space. Reload the page to begin anew, or " +
      "restore a backup."
  )

/** The handle's scope was closed. */
export const closed = (name: string): StorageError =>
  failure(name, "Unavailable", "was closed by this program. Open it again.")

/** The database has what no Keystead stored there. */
export const foreign = (name: string): StorageError =>
  failure(name, "Incompatible", "is not one of Keystead's. Use another name.")

/** A row is not what the store wrote. */
export const corrupt = (name: string, id: string): StorageError =>
  new StorageError({
    reason: "Corrupt",
    message:
      `The record ${JSON.stringify(id)} in the IndexedDB database ${JSON.stringify(name)} is not what was stored: ` +
      `it was changed. Restore it from a backup.`,
    place: id
  })

/** A page cannot begin after what is no text. */
export const illFormed = (name: string): StorageError =>
  failure(name, "Unacceptable", "lists nothing after an id that is not well-formed Unicode. Go on after a listed id.")
