/**
 * From the journal into the record files, and the journal put away.
 *
 * Right after a commit its records go into their files, unsynced, so that a person sees them there. When the journal has
 * grown, the files are synced, a new journal begins, and the old one goes: the record files are the store, and the
 * journal holds what they might lose if the power went.
 */
import type { StorageError } from "@keystead/core/Errors"
import type { Version } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { Buffer } from "node:buffer"
import { join } from "node:path"
import { storageError } from "./Failure.ts"
import { type FileError, type FileSystem, hasCode } from "./FileSystem.ts"
import type { Journal } from "./Journal.ts"
import { beginLine, nextLine } from "./JournalText.ts"
import { journalNumber, type Layout } from "./Layout.ts"
import type { Held, Lock } from "./Lock.ts"
import type { Memory } from "./Memory.ts"
import { type RecordFiles, writeNew } from "./RecordFiles.ts"

/** When the journal is put away: after so many records, or so many bytes. */
export interface Enough {
  readonly records: number
  readonly bytes: number
}

/** A journal that is read in some milliseconds when a store is opened. */
export const ENOUGH: Enough = { records: 256, bytes: 4 * 1_048_576 }
/** How long a journal may grow when it cannot be put away, in bytes. Then commits fail. */
export const MAX_JOURNAL = 64 * 1_048_576
/** How many calls that wait for the disk are made at once. */
const CONCURRENCY = 8

/** What putting the journal away takes. */
export interface Ground {
  readonly files: FileSystem
  readonly layout: Layout
  readonly memory: Memory
  readonly journal: Journal
  readonly records: RecordFiles
  readonly lock: Lock
  readonly enough: Enough
}

export interface Checkpoint {
  /** Brings the files of records up to date, unsynced. Where that fails, it is done when the journal is put away. */
  readonly apply: (ids: ReadonlyArray<string>) => Effect.Effect<void>
  /**
   * Puts the journal away if it has grown enough. Tells whether it tried and failed, which leaves the journal in need of
   * recovery; only a journal of `MAX_JOURNAL` makes that an error.
   */
  readonly runIfDue: (held: Held) => Effect.Effect<"Fine" | "Failed", StorageError>
}

/** Both for the one who holds the lock. */
export const makeCheckpoint = (ground: Ground): Checkpoint => {
  // The versions that this process has put into files of the current journal's records; `null`: the file is removed.
  const applied = new Map<string, Version | null>()
  let journal = -1
  let due = ground.enough.records
  const forgetOld = () => {
    if (journal !== ground.journal.position().number) applied.clear()
    journal = ground.journal.position().number
  }
  const runIfDue = Effect.fnUntraced(function*(held: Held) {
    const { offset } = ground.journal.position()
    const { size } = ground.memory.changed
    if (size < due && offset < ground.enough.bytes) return "Fine"
    forgetOld()
    const result = yield* Effect.result(putAway(ground, held, applied))
    // After a failure it is tried again when much has come, and not with each commit.
    due = result._tag === "Success" ? ground.enough.records : size + ground.enough.records
    if (result._tag === "Success") return "Fine"
    if (offset >= MAX_JOURNAL) return yield* result.failure
    yield* Effect.logWarning(`The journal could not be put away. ${result.failure.message}`)
    return "Failed"
  })
  return {
    apply: (ids) =>
      Effect.suspend(() => {
        forgetOld()
        const all = Effect.forEach(ids, (id) => applyOne(ground, applied, id, false), { discard: true })
        return Effect.catch(all, (error) => Effect.logWarning(storageError(error).message))
      }),
    runIfDue
  }
}

/** Puts one of the journal's records into its file. */
const applyOne = ({ memory, records }: Ground, applied: Map<string, Version | null>, id: string, sync: boolean) => {
  const record = memory.changed.get(id)
  const change = record === undefined ? records.remove(id) : records.write(record, sync)
  return Effect.map(change, () => void applied.set(id, record?.version ?? null))
}

const putAway = Effect.fnUntraced(function*(ground: Ground, held: Held, applied: Map<string, Version | null>) {
  const { files, journal, layout, lock, memory, records } = ground
  const changed = [...memory.changed]
  for (const [id, record] of changed) {
    // What another process applied may be lost: it is applied anew.
    if (applied.get(id) !== (record?.version ?? null)) yield* applyOne(ground, applied, id, true)
  }
  const present = changed.flatMap(([id, record]) => record === undefined ? [] : [id])
  yield* Effect.forEach(present, records.syncFile, { concurrency: CONCURRENCY, discard: true })
  yield* records.syncFolders(changed.map(([id]) => id))
  yield* held.confirm
  const { number } = journal.position()
  yield* beginJournal(files, layout, number + 1, memory.sequence())
  yield* endJournal(files, layout, number)
  yield* journal.catchUp
  yield* removeOldJournals(files, layout, number)
  yield* lock.sweep
}, Effect.catchTag("FileError", (error) => Effect.fail(storageError(error))))

/** Makes a journal, complete with its first line, on the disk. */
export const beginJournal = Effect.fnUntraced(function*(
  files: FileSystem,
  layout: Layout,
  number: number,
  sequence: number
) {
  const temporary = join(layout.temporary, "journal.jsonl")
  yield* Effect.catchIf(files.remove(temporary), hasCode("ENOENT"), () => Effect.void)
  yield* writeNew(files, temporary, Buffer.from(beginLine(number, sequence)), true)
  yield* files.rename(temporary, layout.journal(number))
  yield* files.syncDirectory(layout.journals)
})

/** Tells those who follow a journal that it goes on in the next. */
const endJournal = (files: FileSystem, layout: Layout, number: number) =>
  Effect.acquireUseRelease(
    files.openToWrite(layout.journal(number)),
    (file) => file.append(Buffer.from(nextLine(number + 1))),
    (file) => file.close
  )

const removeOldJournals = Effect.fnUntraced(
  function*(files: FileSystem, layout: Layout, last: number): Effect.fn.Return<
    void,
    FileError
  > {
    for (const name of yield* files.list(layout.journals)) {
      const number = journalNumber(name)
      // One that cannot be removed does no harm: the newest one counts.
      if (number !== undefined && number <= last) yield* Effect.ignore(files.remove(layout.journal(number)))
    }
  }
)
