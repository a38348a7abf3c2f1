/** The credentials file of an endpoint: access keys (`@keystead/http/auth/AccessKeys`) that only its owner may read. */
import { type AccessKeys, parseAccessKeys } from "@keystead/http/auth/AccessKeys"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type FileHandle, open } from "node:fs/promises"
import { FileError, ofSystem } from "../files/FileError.ts"

/** No credentials file is longer: 16 MiB. */
const longest = 16 * 1024 * 1024

const unusable = (path: string, why: string) =>
  new FileError({ message: `Cannot use the credentials file ${path}: ${why}.` })

const readOpened = async (path: string, file: FileHandle): Promise<string> => {
  const { mode, size } = await file.stat()
  // Windows has no such modes.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw unusable(path, `others than its owner may read it. Run: chmod 600 ${path}`)
  }
  if (size > longest) throw unusable(path, `it is longer than ${longest} bytes`)
  return await file.readFile("utf8")
}

const readText = async (path: string): Promise<string> => {
  const file = await open(path)
  try {
    return await readOpened(path, file)
  } finally {
    await file.close()
  }
}

/** Reads the credentials file at `path`. FileError if others may read it, or if it is not what it must be. */
export const read = (path: string): Effect.Effect<AccessKeys, FileError> =>
  Effect.tryPromise({
    try: () => readText(path),
    catch: (error) => error instanceof FileError ? error : ofSystem("read", path, error)
  }).pipe(
    Effect.flatMap((text) => Effect.fromResult(Result.mapError(parseAccessKeys(text), (why) => unusable(path, why))))
  )
