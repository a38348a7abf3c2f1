/** Bytes of a file, or of a pipe. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { during, FileError, of } from "./FileError.ts"

/** What is read. */
export interface Input {
  readonly bytes: Stream.Stream<Uint8Array, FileError>
  /** Bytes in all, if it can be told beforehand. */
  readonly size: number | undefined
}

/** As much as one step of the envelope works on. */
const chunkSize = 1024 * 1024

/** The name for a pipe: standard input, or standard output. */
export const pipe = "-"

/** The file at `path`, or standard input for `-`. FileError if it is not there or is a folder. */
export const open = Effect.fnUntraced(function*(path: string) {
  if (path === pipe) {
    const stdio = yield* Stdio.Stdio
    const input: Input = {
      bytes: Stream.mapError(stdio.stdin, (error) => of("read", "standard input", error)),
      size: undefined
    }
    return input
  }
  const fileSystem = yield* FileSystem.FileSystem
  const info = yield* during("read", path)(fileSystem.stat(path))
  if (info.type === "Directory") {
    return yield* new FileError({ message: `Cannot read ${path}: it is a folder. Name a file.` })
  }
  const input: Input = {
    bytes: Stream.mapError(fileSystem.stream(path, { chunkSize }), (error) => of("read", path, error)),
    size: info.type === "File" ? Number(info.size) : undefined
  }
  return input
})

/** The whole text of a small file, or of standard input for `-`. */
export const text = Effect.fnUntraced(function*(path: string) {
  const { bytes } = yield* open(path)
  return yield* Stream.mkString(Stream.decodeText(bytes))
})
