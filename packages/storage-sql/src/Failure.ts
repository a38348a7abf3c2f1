/** From what a database says to what a store says: where, what is wrong, what to do. */
import { StorageError, type StorageFailure } from "@keystead/core/Errors"
import type { Failed } from "./Dialect.ts"

interface Failure {
  /** SQLite's result code, https://www.sqlite.org/rescode.html, and what `sqlite3_errstr` calls it. */
  readonly code: number
  readonly name: string
  readonly says: RegExp
  readonly reason: StorageFailure
  readonly what: string
  readonly remedy: string
}

const PERMIT = "Let this user write the file and its folder, and try again"
const RESTORE = "Restore it from a backup"

const failures: ReadonlyArray<Failure> = [
  {
    code: 13,
    name: "SQLITE_FULL",
    says: /database or disk is full|exceeded maximum db size/i,
    reason: "Full",
    what: "has no space left",
    remedy: "Free some and try again: nothing was changed"
  },
  {
    code: 8,
    name: "SQLITE_READONLY",
    says: /readonly database/i,
    reason: "ReadOnly",
    what: "may not be written",
    remedy: PERMIT
  },
  {
    code: 3,
    name: "SQLITE_PERM",
    says: /access permission denied/i,
    reason: "ReadOnly",
    what: "may not be written",
    remedy: PERMIT
  },
  { code: 11, name: "SQLITE_CORRUPT", says: /malformed/i, reason: "Corrupt", what: "is damaged", remedy: RESTORE },
  {
    code: 26,
    name: "SQLITE_NOTADB",
    says: /not a database/i,
    reason: "Corrupt",
    what: "is no SQLite database, or no longer one",
    remedy: `${RESTORE}, or name another file`
  },
  {
    code: 18,
    name: "SQLITE_TOOBIG",
    says: /too big/i,
    reason: "Unacceptable",
    what: "does not take a value so large",
    remedy: "Store a smaller one"
  },
  {
    code: 5,
    name: "SQLITE_BUSY",
    says: /database is locked/i,
    reason: "Unavailable",
    what: "is being written by another process, and was for too long",
    remedy: "Try again"
  },
  {
    code: 14,
    name: "SQLITE_CANTOPEN",
    says: /unable to open/i,
    reason: "Unavailable",
    what: "could not be opened",
    remedy: "Let this user read and write the file and its folder, and try again"
  },
  {
    code: 1,
    name: "SQLITE_ERROR",
    says: /no such (table|column)|already exists|has no column/i,
    reason: "Incompatible",
    what: "does not have the tables of a Keystead store, or has others by their names",
    remedy: "Restore it, or use another database"
  }
]

const SHORT_READ = 522

const unknown: Pick<Failure, "reason" | "what" | "remedy"> = {
  reason: "Unavailable",
  what: "does not answer as it should",
  remedy: "Look at the database, and try again"
}

/** The store's error for what a driver threw. */
export const storageError = (place: string, thrown: unknown): StorageError => {
  const code = numberOf(thrown, "errcode")
  const said = thrown instanceof Error ? thrown.message : ""
  const found = code === SHORT_READ
    ? failures.find(({ name }) => name === "SQLITE_CORRUPT")
    : failures.find((failure) => isMeant(failure, code, said))
  const { reason, remedy, what } = found ?? unknown
  const name = found?.name ?? /SQLITE_[A-Z_]+/.exec(said)?.[0] ?? (code === undefined ? undefined : `SQLite's ${code}`)
  const shown = name === undefined ? "" : ` (${name})`
  return new StorageError({ reason, message: `${place} ${what}${shown}. ${remedy}.`, place })
}

/** The store's error for a statement's. */
export const fromSqlError = (place: string) => ({ reason }: Failed): StorageError => storageError(place, reason.cause)

/** The number of `node:sqlite` tells most; Cloudflare puts names into messages; other hosts have only SQLite's words. */
const isMeant = (failure: Failure, code: number | undefined, said: string): boolean => {
  const bySaying = failure.says.test(said)
  // SQLite's general code says nothing but with its words.
  if (failure.name === "SQLITE_ERROR") return bySaying && (code === undefined || code === failure.code)
  if (code !== undefined) return (code & 0xff) === failure.code
  return said.includes(failure.name) || bySaying
}

const numberOf = (value: unknown, member: string): number | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const found: unknown = Reflect.get(value, member)
  return typeof found === "number" ? found : undefined
}

/** A row is not what the store wrote. */
export const corrupt = (place: string, id: string): StorageError =>
  new StorageError({
    reason: "Corrupt",
    message: `The record ${JSON.stringify(id)} in ${place} is not what was stored: it was changed. ${RESTORE}.`,
    place: id
  })

/** A newer Keystead's schema. */
export const newer = (place: string, found: number, known: number): StorageError =>
  new StorageError({
    reason: "Incompatible",
    message: `${place} has the schema version ${found}, and this Keystead knows ${known}: use a newer one.`,
    place
  })

/** A page cannot begin after what is no text. */
export const illFormed = (place: string): StorageError =>
  new StorageError({
    reason: "Unacceptable",
    message: `${place} lists nothing after an id that is not well-formed Unicode. Go on after an id that was listed.`,
    place
  })
