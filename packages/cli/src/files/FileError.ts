/** What could not be done with a file, in words. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"

/** A file cannot be read or written. Nothing of it was changed. */
export class FileError extends Data.TaggedError("FileError")<{ readonly message: string }> {}

/** What system errors mean, and what helps. Source: POSIX errno. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder. Check its name.",
  ENOTDIR: "a part of its path is no folder. Check its name.",
  EISDIR: "it is a folder. Name a file.",
  EACCES: "this user may not. Change its permissions, or be another user.",
  EPERM: "this user may not. Change its permissions, or be another user.",
  EROFS: "the disk is read-only. Write elsewhere.",
  ENOSPC: "no space is left. Free some, and try again.",
  EDQUOT: "the user's disk quota is used up. Free some, and try again.",
  EFBIG: "the file would be too large for this disk. Write elsewhere.",
  ENAMETOOLONG: "its name is too long. Choose a shorter one.",
  ELOOP: "its symbolic links lead in a circle. Check its name.",
  EMFILE: "too many files are open. Try again.",
  EPIPE: "its reader has gone.",
  EIO: "the disk failed. Look at it."
}

const systemCode = (error: unknown): string | undefined =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined

const codeOf = ({ reason }: PlatformError): string =>
  systemCode(reason.cause) ?? (reason._tag === "NotFound" ? "ENOENT" : reason._tag)

const cannot = (verb: "read" | "write", name: string, code: string): FileError =>
  new FileError({ message: `Cannot ${verb} ${name}: ${reasons[code] ?? `the system says ${code}.`}` })

/** Says that it happened to `name` while it was being read or written. */
export const during =
  (verb: "read" | "write", name: string) =>
  <A, R>(effect: Effect.Effect<A, PlatformError, R>): Effect.Effect<A, FileError, R> =>
    Effect.mapError(effect, (error) => of(verb, name, error))

/** The same for one error. */
export const of = (verb: "read" | "write", name: string, error: PlatformError): FileError =>
  cannot(verb, name, codeOf(error))

/** The same for an error of Node's own. */
export const ofSystem = (verb: "read" | "write", name: string, error: unknown): FileError =>
  cannot(verb, name, systemCode(error) ?? "that it went wrong")

/** What is at `path`, if anything is. */
export const stat = Effect.fnUntraced(function*(verb: "read" | "write", path: string) {
  const fileSystem = yield* FileSystem.FileSystem
  return yield* Effect.asSome(fileSystem.stat(path)).pipe(
    Effect.catchIf(({ reason }) => reason._tag === "NotFound", () => Effect.succeedNone),
    during(verb, path)
  )
})
