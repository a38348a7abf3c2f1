/** Records in their files: read, written in place of what was, removed, listed. */
import type { StorageError } from "@keystead/core/Errors"
import type { StoredRecord } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { dirname, join } from "node:path"
import { corrupt, storageError } from "./Failure.ts"
import { type FileError, type FileSystem, hasCode, type OpenFile } from "./FileSystem.ts"
import type { Layout } from "./Layout.ts"
import type { SizedRecord } from "./RecordCache.ts"
import { decodeRecord, encodeRecord } from "./RecordFile.ts"
import { decodeFile, decodeName, folderOf, isShard, LONG } from "./RecordPath.ts"

export interface RecordFiles {
  /** The record of that id, or `undefined` when it has no file. A file that holds anything else is "Corrupt". */
  readonly read: (id: string) => Effect.Effect<SizedRecord | undefined, StorageError>
  /** Puts a record into its file, which holds the old one or the new one at any moment. `sync`: on the disk, too. */
  readonly write: (record: StoredRecord, sync: boolean) => Effect.Effect<void, FileError>
  /** Removes a record's file, and the folders that it leaves empty. */
  readonly remove: (id: string) => Effect.Effect<void, FileError>
  /** Syncs the file of a record that exists. */
  readonly syncFile: (id: string) => Effect.Effect<void, FileError>
  /** Syncs the names of all folders on the way to these ids' files. */
  readonly syncFolders: (ids: Iterable<string>) => Effect.Effect<void, FileError>
  /** The ids of all records under a folder (a prefix that ends in `/`, or is empty). */
  readonly list: (folder: string) => Effect.Effect<Listing, StorageError>
}

/** The records of a folder, as its files' names tell. */
export interface Listing {
  readonly ids: ReadonlyArray<string>
  /** Files that lie in `LONG` and are damaged, so that nobody knows of which ids they are. */
  readonly damaged: ReadonlyArray<string>
}

/** The error for a record's file that does not hold what was written. */
export const damagedRecord = (place: string): StorageError => corrupt(place, "is damaged, or was edited", REMEDY)

/** How many calls that wait for the disk are made at once. */
const CONCURRENCY = 8

/** The record files of a store with this layout. */
export const makeRecordFiles = (files: FileSystem, layout: Layout): RecordFiles => ({
  read: (id) => Effect.flatMap(readIfThere(files, layout.recordFile(id)), (bytes) => checked(layout, id, bytes)),
  write: (record, sync) => write(files, layout, record, sync),
  remove: (id) => remove(files, layout, id),
  syncFile: (id) =>
    Effect.acquireUseRelease(
      files.openToWrite(layout.recordFile(id)),
      (file) => file.sync,
      (file) => file.close
    ),
  syncFolders: (ids) =>
    Effect.forEach(
      new Set(Array.from(ids, (id) => foldersTo(layout, id)).flat()),
      // A folder that was left empty is gone.
      (folder) => Effect.catchIf(files.syncDirectory(folder), hasCode("ENOENT"), () => Effect.void),
      { concurrency: CONCURRENCY, discard: true }
    ),
  list: (folder) => list(files, layout, folder)
})

const readIfThere = (files: FileSystem, path: string): Effect.Effect<Uint8Array | undefined, StorageError> =>
  files.read(path).pipe(
    Effect.catchIf(hasCode("ENOENT"), () => Effect.succeed(undefined)),
    Effect.mapError(storageError)
  )

const checked = (layout: Layout, id: string, bytes: Uint8Array | undefined) => {
  if (bytes === undefined) return Effect.succeed(undefined)
  const record = decodeRecord(bytes)
  if (record === undefined) return Effect.fail(damagedRecord(layout.recordFile(id)))
  if (record.id !== id) return Effect.fail(corrupt(layout.recordFile(id), "holds the record of another id", REMEDY))
  return Effect.succeed({ record, bytes: bytes.length })
}

const REMEDY = "Put a copy from a backup in its place. All other records are as they were."

/** The folders above a record's file, up to that of all records. */
const foldersTo = (layout: Layout, id: string): ReadonlyArray<string> => {
  const folders: Array<string> = []
  let folder = dirname(layout.recordFile(id))
  for (; folder.length > layout.records.length; folder = dirname(folder)) folders.push(folder)
  return [...folders, layout.records]
}

const write = Effect.fnUntraced(function*(files: FileSystem, layout: Layout, record: StoredRecord, sync: boolean) {
  const place = layout.recordFile(record.id)
  // Only the writer that holds the lock writes here, and one record at a time: what is there was left by a dead one.
  const temporary = join(layout.temporary, "record.json")
  yield* Effect.catchIf(files.remove(temporary), hasCode("ENOENT"), () => Effect.void)
  yield* writeNew(files, temporary, encodeRecord(record), sync)
  yield* Effect.catchIf(
    files.rename(temporary, place),
    hasCode("ENOENT"),
    () => Effect.andThen(makeFolders(files, foldersTo(layout, record.id)), files.rename(temporary, place))
  )
})

/** A new file with these bytes. */
export const writeNew = (files: FileSystem, path: string, bytes: Uint8Array, sync: boolean) =>
  Effect.acquireUseRelease(
    files.create(path),
    (file: OpenFile) => Effect.andThen(file.append(bytes), sync ? file.sync : Effect.void),
    (file) => file.close
  )

/** Makes the folders that are not there, given from the innermost to one that is. */
const makeFolders = Effect.fnUntraced(function*(files: FileSystem, folders: ReadonlyArray<string>) {
  for (const folder of folders.toReversed()) yield* makeFolder(files, folder)
})

/** Makes a folder if it is not there. */
export const makeFolder = (files: FileSystem, folder: string): Effect.Effect<void, FileError> =>
  Effect.catchIf(files.makeDirectory(folder), hasCode("EEXIST"), () => Effect.void)

const remove = Effect.fnUntraced(function*(files: FileSystem, layout: Layout, id: string) {
  yield* Effect.catchIf(files.remove(layout.recordFile(id)), hasCode("ENOENT"), () => Effect.void)
  for (const folder of foldersTo(layout, id)) {
    if (folder === layout.records) return
    // Where others lie in it, the system does not remove it.
    const isRemoved = yield* Effect.isSuccess(files.removeDirectory(folder))
    if (!isRemoved) return
  }
})

const list = Effect.fnUntraced(function*(files: FileSystem, layout: Layout, folder: string) {
  const ids: Array<string> = []
  const open: Array<Folder> = [{ path: join(layout.records, ...folderOf(folder)), prefix: folder }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { path, prefix } = next
    for (const name of yield* namesIn(files, path)) {
      if (isShard(name)) {
        for (const file of yield* namesIn(files, join(path, name))) {
          const leaf = decodeFile(name, file)
          if (leaf !== undefined) ids.push(prefix + leaf)
        }
      } else {
        const part = decodeName(name)
        if (part !== undefined) open.push({ path: join(path, name), prefix: `${prefix}${part}/` })
      }
    }
  }
  const long = yield* listLong(files, layout)
  return { ids: [...ids, ...long.ids.filter((id) => id.startsWith(folder))], damaged: long.damaged }
}, Effect.catchTag("FileError", (error) => Effect.fail(storageError(error))))

interface Folder {
  readonly path: string
  readonly prefix: string
}

/** The names in a folder; none when it is gone, or is no folder but a file of someone else's. */
const namesIn = (files: FileSystem, path: string): Effect.Effect<ReadonlyArray<string>, FileError> =>
  Effect.catchIf(files.list(path), hasCode("ENOENT", "ENOTDIR"), () => Effect.succeed([]))

/** The ids that lie in `LONG`, which only their files tell. */
const listLong = Effect.fnUntraced(function*(files: FileSystem, layout: Layout) {
  const ids: Array<string> = []
  const damaged: Array<string> = []
  const folder = join(layout.records, LONG)
  for (const shard of yield* namesIn(files, folder)) {
    for (const name of yield* namesIn(files, join(folder, shard))) {
      if (!name.endsWith(".json")) continue
      const place = join(folder, shard, name)
      const bytes = yield* readIfThere(files, place)
      const record = bytes === undefined ? undefined : decodeRecord(bytes)
      if (record !== undefined) ids.push(record.id)
      else if (bytes !== undefined) damaged.push(place)
    }
  }
  return { ids, damaged } satisfies Listing
})
