/** The store's folder: made where it is not, recognised where it is. */
import { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { Buffer } from "node:buffer"
import { dirname, join } from "node:path"
import { beginJournal } from "./Checkpoint.ts"
import { storageError } from "./Failure.ts"
import { type FileError, type FileSystem, hasCode } from "./FileSystem.ts"
import { newestJournal } from "./Journal.ts"
import { parseJson } from "./Json.ts"
import type { Layout } from "./Layout.ts"
import type { Lock } from "./Lock.ts"
import { makeFolder, makeRecordFiles, writeNew } from "./RecordFiles.ts"

/** The format that this version writes, and the newest that it reads. */
export const FORMAT_VERSION = 1
const FORMAT = "keystead-store"
const MARKER = {
  format: FORMAT,
  version: FORMAT_VERSION,
  about:
    "A Keystead store: one file a record in records/. Its files are meant to be read, and changed by Keystead alone."
}

/**
 * Makes sure that the folder is a complete store of a known format. "Incompatible" when it is a newer one's, or when it
 * holds other things.
 */
export const openFolder = Effect.fnUntraced(function*(files: FileSystem, layout: Layout, lock: Lock) {
  if (!(yield* hasMarker(files, layout))) {
    yield* prepare(files, layout)
    yield* lock.withLock(() => complete(files, layout))
  }
  // A journal that its keeper moved away because it was damaged.
  if ((yield* newestJournal(files, layout)) === undefined) yield* lock.withLock(() => restartJournal(files, layout))
}, Effect.catchTag("FileError", (error) => Effect.fail(storageError(error))))

const hasMarker = Effect.fnUntraced(function*(files: FileSystem, { marker, root }: Layout) {
  const bytes = yield* Effect.catchIf(files.read(marker), hasCode("ENOENT"), () => Effect.succeed(undefined))
  if (bytes === undefined) return false
  const found = parseJson(Buffer.from(bytes).toString())
  const isOurs = typeof found === "object" && found !== null && "format" in found && found.format === FORMAT
  if (!isOurs || !("version" in found)) return yield* incompatible(marker, "does not say that this is a Keystead store")
  if (found.version === FORMAT_VERSION) return true
  return yield* incompatible(
    root,
    `is a store of format ${String(found.version)}, and this version of Keystead knows formats up to ${FORMAT_VERSION}`
  )
})

const incompatible = (place: string, what: string): StorageError => {
  const message = `${place} ${what}. Open it with a newer version of Keystead, or choose another folder.`
  return new StorageError({ reason: "Incompatible", message, place })
}

/** Makes the folder as far as a lock needs it, unless it belongs to someone else. */
const prepare = Effect.fnUntraced(function*(files: FileSystem, layout: Layout) {
  yield* makeFolders(files, layout.root)
  const own = [layout.marker, layout.records, layout.journals, layout.locks, layout.temporary]
  const others = (yield* files.list(layout.root)).filter((name) => !own.includes(join(layout.root, name)))
  if (others.length > 0) yield* incompatible(layout.root, `holds other things, such as ${others[0]}`)
  yield* makeFolder(files, layout.locks)
})

/** Makes a folder and those above it that are not there. */
const makeFolders = (files: FileSystem, folder: string): Effect.Effect<void, FileError> =>
  Effect.catchIf(makeFolder(files, folder), hasCode("ENOENT"), (error) =>
    dirname(folder) === folder
      ? Effect.fail(error)
      : Effect.andThen(makeFolders(files, dirname(folder)), makeFolder(files, folder)))

/** Makes what is missing. The marker comes last: where it is, all is. */
const complete = Effect.fnUntraced(function*(files: FileSystem, layout: Layout) {
  if (yield* hasMarker(files, layout)) return
  for (const folder of [layout.records, layout.journals, layout.temporary]) yield* makeFolder(files, folder)
  if ((yield* newestJournal(files, layout)) === undefined) yield* beginJournal(files, layout, 1, 0)
  const temporary = join(layout.temporary, "marker.json")
  yield* Effect.catchIf(files.remove(temporary), hasCode("ENOENT"), () => Effect.void)
  yield* writeNew(files, temporary, Buffer.from(`${JSON.stringify(MARKER, null, 2)}\n`), true)
  yield* syncUp(files, layout.root)
  yield* files.rename(temporary, layout.marker)
  yield* files.syncDirectory(layout.root)
})

/** Syncs the names of a folder and of those above it, of which some may be new: as far as they are this user's. */
const syncUp = Effect.fnUntraced(function*(files: FileSystem, root: string) {
  yield* files.syncDirectory(root)
  for (let folder = root; folder !== dirname(folder); folder = dirname(folder)) {
    yield* Effect.catchIf(files.syncDirectory(dirname(folder)), hasCode("EACCES", "EPERM"), () => Effect.void)
  }
})

/** So far a new journal's count is set ahead of the last one known, so that it gives no version again. */
const LEAP = 1_000_000

/** Begins a journal that goes on from the record files. */
const restartJournal = Effect.fnUntraced(function*(files: FileSystem, layout: Layout) {
  if ((yield* newestJournal(files, layout)) !== undefined) return
  const records = makeRecordFiles(files, layout)
  let last = 0
  for (const id of (yield* records.list("")).ids) {
    // A damaged record is reported when it is read: it keeps nobody from the others.
    const sized = yield* Effect.orElseSucceed(records.read(id), () => undefined)
    last = Math.max(last, Number(sized?.record.version ?? 0))
  }
  yield* beginJournal(files, layout, 1, last + LEAP)
})
