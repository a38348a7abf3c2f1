/**
 * The Storage service in a folder: one JSON file a record, durable before it answers, atomic over several records, for
 * several processes at once. The folder's layout is in docs/formats-filesystem.md, the reasons for it in
 * docs/decisions/0003-filesystem-store.md.
 *
 * The folder must lie on a local file system. All processes that have it open at once must run on one machine, or at
 * least see the same files with the same locks; network file systems do not promise that.
 */
import type { StorageError } from "@keystead/core/Errors"
import { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { resolve } from "node:path"
import { ENOUGH, type Enough } from "./Checkpoint.ts"
import type { FileSystem } from "./FileSystem.ts"
import { openJournal } from "./Journal.ts"
import { layoutOf } from "./Layout.ts"
import { makeLock } from "./Lock.ts"
import { makeMemory } from "./Memory.ts"
import { nodeFileSystem } from "./NodeFileSystem.ts"
import { nodeProcesses, type Processes } from "./Processes.ts"
import { readRecords, scanRecords, type Sources } from "./Reader.ts"
import { makeRecordFiles } from "./RecordFiles.ts"
import { openFolder } from "./StoreFolder.ts"
import { makeWriter, type Writer } from "./Writer.ts"

/** Where the store is kept. */
export interface Options {
  /** The folder; it is made if it is not there, as are those above it. */
  readonly directory: string
}

/** What the store runs on. Tests give one that fails, or forgets. */
export interface Host {
  readonly files: FileSystem
  readonly processes: Processes
  /** When the journal is put away. */
  readonly enough: Enough
}

const nodeHost: Host = { files: nodeFileSystem, processes: nodeProcesses, enough: ENOUGH }

/** Opens the store in a folder. Takes no longer for a large store than for a small one. */
export const make = Effect.fnUntraced(function*(
  { directory }: Options,
  { enough, files, processes }: Host = nodeHost
): Effect.fn.Return<Storage["Service"], StorageError, Scope.Scope> {
  const layout = layoutOf(resolve(directory))
  const lock = makeLock(files, processes, layout.locks)
  yield* openFolder(files, layout, lock)
  const memory = makeMemory()
  const journal = yield* Effect.acquireRelease(openJournal(files, layout, memory), ({ close }) => close)
  const records = makeRecordFiles(files, layout)
  const writer = makeWriter({ files, layout, memory, journal, records, lock, enough })
  const withoutWriters: Sources["withoutWriters"] = (use) => lock.withLock(() => use)
  const sources: Sources = { layout, memory, journal, records, withoutWriters }
  if (!(yield* journal.isWhole)) yield* restore(writer, journal.adopt)
  return {
    read: (ids) => readRecords(sources, ids),
    scan: (range) => scanRecords(sources, range),
    commit: writer.commit
  }
})

/** Takes in what a writer left that died. A folder that may not be written is taken as it is. */
const restore = (writer: Writer, adopt: Effect.Effect<void, StorageError>): Effect.Effect<void, StorageError> =>
  Effect.catchTag(writer.recover, "StorageError", (error) => error.reason === "ReadOnly" ? adopt : Effect.fail(error))

/** The store in a folder. */
export const layer = (options: Options): Layer.Layer<Storage, StorageError> => Layer.effect(Storage, make(options))
