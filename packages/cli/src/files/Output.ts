/** A file that appears only when it is complete, or a pipe. */
import { release } from "@keystead/runtime-node/Release"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import { isPlatformError, type PlatformError } from "effect/PlatformError"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { randomBytes } from "node:crypto"
import { during, FileError, of, stat } from "./FileError.ts"
import { pipe } from "./Input.ts"

/** Where the bytes shall be in the end: a symbolic link leads on to its file. */
const target = Effect.fnUntraced(function*(path: string) {
  const fileSystem = yield* FileSystem.FileSystem
  const info = yield* stat("write", path)
  if (Option.isNone(info)) return path
  if (info.value.type !== "File") {
    return yield* new FileError({
      message: `Cannot write ${path}: it is no regular file. Name another, or write to - and redirect it.`
    })
  }
  return yield* during("write", path)(fileSystem.realPath(path))
})

/** Makes the new name of a file in the folder last. Windows does not open folders. */
const syncFolder = Effect.fnUntraced(function*(folder: string) {
  if (process.platform === "win32") return
  const fileSystem = yield* FileSystem.FileSystem
  yield* Effect.scoped(Effect.flatMap(fileSystem.open(folder, { flag: "r" }), (opened) => opened.sync))
})

/** A new file beside the target, which is removed unless it has become the target by then. */
const temporary = (folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => ({ path: `${folder}/.keystead-${randomBytes(8).toString("hex")}.tmp`, renamed: false })),
    (state) =>
      state.renamed
        ? Effect.void
        : Effect.flatMap(FileSystem.FileSystem, ({ remove }) => Effect.orDie(remove(state.path, { force: true })))
  )

const toFile = Effect.fnUntraced(function*<E, R>(name: string, bytes: Stream.Stream<Uint8Array, E, R>, mode: number) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* target(name)
  const folder = (yield* Path.Path).dirname(path)
  const file = yield* temporary(folder)
  const write = during("write", name)
  yield* Effect.scoped(Effect.gen(function*() {
    const opened = yield* write(fileSystem.open(file.path, { flag: "wx", mode }))
    // What is written needs no memory any more. A piece whose writing was interrupted may still be on its way.
    yield* Stream.runForEach(bytes, (piece) => Effect.map(write(opened.writeAll(piece)), () => release(piece)))
    yield* write(opened.sync)
  }))
  // From here on the file is there: an interruption waits until that is certain.
  yield* Effect.uninterruptible(Effect.gen(function*() {
    yield* write(fileSystem.rename(file.path, path))
    file.renamed = true
    yield* write(syncFolder(folder))
  }))
}, Effect.scoped)

const toPipe = Effect.fnUntraced(function*<E, R>(bytes: Stream.Stream<Uint8Array, E, R>) {
  const stdio = yield* Stdio.Stdio
  const failed = (error: PlatformError) => Effect.fail(of("write", "standard output", error))
  yield* Effect.catchIf(Stream.run(bytes, stdio.stdout()), isPlatformError, failed)
})

/**
 * Writes all bytes, whose memory is nobody else's, to the file at `path`, of the mode less the umask, or to standard output for `-`. If anything fails,
 * or the command is interrupted, the file is as it was before. A pipe gets the bytes as they come.
 */
export const write = Effect.fnUntraced(
  function*<E, R>(path: string, bytes: Stream.Stream<Uint8Array, E, R>, mode: number) {
    if (path === pipe) yield* toPipe(bytes)
    else yield* toFile(path, bytes, mode)
  }
)
