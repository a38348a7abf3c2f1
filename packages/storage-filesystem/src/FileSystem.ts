/**
 * What the store asks of a file system, and nothing more. `NodeFileSystem.ts` gives it over `node:fs`; tests give one
 * that dies, fills up, or forgets what was not synced.
 *
 * It is an interface of our own because durability is all in the calls that portable interfaces leave out: syncing a
 * directory, truncating an open file, and knowing which step failed.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** What the file system was asked when it failed. */
export type FileOperation = "read" | "write"

/** A call failed. `code` is the system's own name for the failure, such as `ENOSPC`. */
export class FileError extends Data.TaggedError("FileError")<{
  readonly operation: FileOperation
  readonly path: string
  readonly code: string
}> {}

/** Whether an error has one of these codes. */
export const hasCode = (...codes: ReadonlyArray<string>) => ({ code }: FileError): boolean => codes.includes(code)

/** What a call gives, or how it failed. */
export type Result<A> = Effect.Effect<A, FileError>

/** An open file. */
export interface OpenFile {
  /** Its length in bytes just now. */
  readonly size: Result<number>
  /** The bytes from there on, fewer than asked for where the file ends. */
  readonly read: (offset: number, length: number) => Result<Uint8Array>
  /** Adds bytes at the end. When it fails, some of them may be there. */
  readonly append: (bytes: Uint8Array) => Result<void>
  /** Cuts the file to that length. */
  readonly truncate: (size: number) => Result<void>
  /** Returns when the file's bytes and length are on the disk. */
  readonly sync: Result<void>
  readonly close: Effect.Effect<void>
}

/** A file system. Paths are absolute. */
export interface FileSystem {
  readonly openToRead: (path: string) => Result<OpenFile>
  /** Opens a file that exists (`ENOENT`). */
  readonly openToWrite: (path: string) => Result<OpenFile>
  /** Makes a file that must not exist (`EEXIST`), for this user's eyes only. */
  readonly create: (path: string) => Result<OpenFile>
  /** All bytes of a file. */
  readonly read: (path: string) => Result<Uint8Array>
  /** When the file's bytes last changed, or `touch` was called: a number of milliseconds to compare, nothing else. */
  readonly modified: (path: string) => Result<number>
  readonly touch: (path: string) => Result<void>
  /** The names in a directory, in no order. */
  readonly list: (path: string) => Result<ReadonlyArray<string>>
  /** Makes a directory that must not exist (`EEXIST`) in one that does, for this user's eyes only. */
  readonly makeDirectory: (path: string) => Result<void>
  /** Removes an empty directory. */
  readonly removeDirectory: (path: string) => Result<void>
  /** Atomic. A file takes the place of another; a directory only of an empty one, or of none. */
  readonly rename: (from: string, to: string) => Result<void>
  readonly remove: (path: string) => Result<void>
  /** Returns when the names in the directory are on the disk. */
  readonly syncDirectory: (path: string) => Result<void>
}
