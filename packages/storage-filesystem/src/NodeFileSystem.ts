/**
 * The file system of the host, through `node:fs`, which Deno and Bun have too.
 *
 * Calls that a local disk answers out of its cache are made synchronously: they take some microseconds, and the way
 * through a thread pool would cost ten times that. What may wait for the disk's platter (syncing) or grows with a
 * folder (listing) leaves the event loop free.
 */
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { platform } from "node:process"
import { FileError, type FileOperation, type FileSystem, type OpenFile } from "./FileSystem.ts"

const FILE_MODE = 0o600
const DIRECTORY_MODE = 0o700

const failure = (operation: FileOperation, path: string) => (cause: unknown): FileError =>
  new FileError({ operation, path, code: codeOf(cause) })

/** The system's code; where there is none, such as for what Deno does not permit, the error's name. */
const codeOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return "EUNKNOWN"
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name
}

const attempt = <A>(operation: FileOperation, path: string, call: () => A): Effect.Effect<A, FileError> =>
  Effect.try({ try: call, catch: failure(operation, path) })

const awaited = <A>(
  operation: FileOperation,
  path: string,
  call: (done: (error: Error | null, value: A) => void) => void
): Effect.Effect<A, FileError> =>
  Effect.callback((resume) =>
    call((error, value) =>
      resume(error === null ? Effect.succeed(value) : Effect.fail(failure(operation, path)(error)))
    )
  )

const synced = (path: string, descriptor: number) =>
  awaited<void>("write", path, (done) => fs.fsync(descriptor, (error) => done(error, undefined)))

const open = (operation: FileOperation, path: string, flags: string): Effect.Effect<OpenFile, FileError> =>
  Effect.map(attempt(operation, path, () => fs.openSync(path, flags, FILE_MODE)), (descriptor) => ({
    size: attempt("read", path, () => fs.fstatSync(descriptor).size),
    read: (offset, length) => attempt("read", path, () => readAt(descriptor, offset, length)),
    append: (bytes) => attempt("write", path, () => writeAtEnd(descriptor, bytes)),
    truncate: (size) => attempt("write", path, () => fs.ftruncateSync(descriptor, size)),
    sync: synced(path, descriptor),
    // What was written is synced or not by then: a failure to close says nothing more.
    close: Effect.ignore(attempt("write", path, () => fs.closeSync(descriptor)))
  }))

/** The system may take or give fewer bytes than asked for, and means to be asked again. */
const writeAtEnd = (descriptor: number, bytes: Uint8Array): void => {
  const end = fs.fstatSync(descriptor).size
  for (let done = 0; done < bytes.length;) {
    done += fs.writeSync(descriptor, bytes, done, bytes.length - done, end + done)
  }
}

const readAt = (descriptor: number, offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length;) {
    const more = fs.readSync(descriptor, bytes, done, length - done, offset + done)
    if (more === 0) return bytes.subarray(0, done)
    done += more
  }
  return bytes
}

/** Most records fit, and cost three system calls. */
const scratch = new Uint8Array(65_536)

const readWhole = (path: string): Uint8Array => {
  const descriptor = fs.openSync(path, "r")
  try {
    const length = fs.readSync(descriptor, scratch, 0, scratch.length, 0)
    return length < scratch.length ? scratch.slice(0, length) : readAt(descriptor, 0, fs.fstatSync(descriptor).size)
  } finally {
    fs.closeSync(descriptor)
  }
}

const syncDirectory = (path: string): Effect.Effect<void, FileError> =>
  // Windows opens no directory to sync it, and writes its names through to the journal of NTFS.
  platform === "win32" ? Effect.void : Effect.acquireUseRelease(
    attempt("read", path, () => fs.openSync(path, "r")),
    (descriptor) => synced(path, descriptor),
    (descriptor) => Effect.ignore(attempt("read", path, () => fs.closeSync(descriptor)))
  )

export const nodeFileSystem: FileSystem = {
  openToRead: (path) => open("read", path, "r"),
  // Not "a": that would make a file that is not there, and Windows would not let it be cut.
  openToWrite: (path) => open("write", path, "r+"),
  create: (path) => open("write", path, "wx"),
  read: (path) => attempt("read", path, () => readWhole(path)),
  modified: (path) => attempt("read", path, () => fs.statSync(path).mtimeMs),
  touch: (path) =>
    attempt("write", path, () => {
      const seconds = fs.statSync(path).mtimeMs / 1000 + 1
      fs.utimesSync(path, seconds, seconds)
    }),
  list: (path) => awaited("read", path, (done) => fs.readdir(path, done)),
  makeDirectory: (path) => attempt("write", path, () => fs.mkdirSync(path, { mode: DIRECTORY_MODE })),
  removeDirectory: (path) => attempt("write", path, () => fs.rmdirSync(path)),
  rename: (from, to) => attempt("write", to, () => fs.renameSync(from, to)),
  remove: (path) => attempt("write", path, () => fs.unlinkSync(path)),
  syncDirectory
}
