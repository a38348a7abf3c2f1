/**
 * Reads and scans without a lock, each as of one moment.
 *
 * Records that the current journal changed are in memory. All others are as their files say, as long as no commit comes
 * in between: so after the files were read, the journal is looked at once more, and if a commit did touch one of these
 * records, all is read again.
 */
import type { StorageError } from "@keystead/core/Errors"
import type { ScanRange } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { corrupt } from "./Failure.ts"
import type { Journal } from "./Journal.ts"
import type { Layout } from "./Layout.ts"
import type { Memory } from "./Memory.ts"
import { folderOfPrefix } from "./Names.ts"
import type { SizedRecord } from "./RecordCache.ts"
import { damagedRecord, type RecordFiles } from "./RecordFiles.ts"

/** What reading takes. */
export interface Sources {
  readonly layout: Layout
  readonly memory: Memory
  readonly journal: Journal
  readonly records: RecordFiles
  /** Runs an effect while nobody writes. */
  readonly withoutWriters: <A>(use: Effect.Effect<A, StorageError>) => Effect.Effect<A, StorageError>
}

/** The records of those ids that exist. */
export const readRecords = Effect.fnUntraced(function*(sources: Sources, ids: ReadonlyArray<string>) {
  for (;;) {
    yield* sources.journal.catchUp
    const found = yield* fill(sources, sources.memory.look(ids))
    if (found !== undefined) return found
  }
})

/** The records of a range, in order. */
export const scanRecords = Effect.fnUntraced(function*(sources: Sources, range: ScanRange) {
  const { journal, memory } = sources
  for (;;) {
    yield* journal.catchUp
    if (!memory.names.knows(folderOfPrefix(range.prefix))) yield* learn(sources, folderOfPrefix(range.prefix))
    const ids = memory.names.page(range)
    const found = yield* fill(sources, memory.look(ids))
    if (found === undefined) continue
    const page = ids.map((id) => found.get(id)).filter((record) => record !== undefined)
    if (page.length === ids.length) return page
    // Files that went without a commit: someone removed them by hand. The page is made again without them.
    for (const id of ids) if (!found.has(id)) memory.names.remove(id)
  }
})

/** What a glance found and what the files say, together; `undefined` when a commit came in between. */
const fill = Effect.fnUntraced(function*(sources: Sources, { found, unknown }: ReturnType<Memory["look"]>) {
  if (unknown.length === 0) return found
  const { journal, layout, memory, records } = sources
  const { number } = journal.position()
  const all = new Map(found)
  const read = yield* Effect.result(Effect.forEach(unknown, records.read))
  yield* journal.catchUp
  if (journal.position().number !== number || unknown.some((id) => memory.changed.has(id))) return undefined
  for (const sized of yield* Effect.fromResult(read)) {
    if (sized === undefined) continue
    if (Number(sized.record.version) > memory.sequence()) return yield* ahead(layout, number, sized)
    memory.keep(sized)
    all.set(sized.record.id, sized.record)
  }
  return all
})

const ahead = ({ journal, recordFile }: Layout, number: number, { record }: SizedRecord) => {
  const what = `ends before commit ${record.version}, of which ${recordFile(record.id)} is`
  return corrupt(journal(number), what, "Put a copy of the whole store from a backup in its place.")
}

/** How often a folder is listed while others write, before they are asked to wait. */
const ATTEMPTS = 3

/** Learns the ids of a folder. */
const learn = Effect.fnUntraced(function*(sources: Sources, folder: string) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (yield* listed(sources, folder)) return
  }
  yield* sources.withoutWriters(Effect.asVoid(listed(sources, folder)))
})

/** Whether a folder could be listed. It could not, when meanwhile a journal was put away: commits went by unseen. */
const listed = Effect.fnUntraced(function*({ journal, layout, memory, records }: Sources, folder: string) {
  yield* journal.catchUp
  const { number } = journal.position()
  const listing = yield* records.list(folder)
  const ids = new Set(listing.ids)
  yield* journal.catchUp
  if (journal.position().number !== number) return false
  // A file that was not synced yet may have been damaged by a loss of power: the journal has what it should hold.
  const damaged = new Set(listing.damaged)
  for (const [id, record] of memory.changed) {
    damaged.delete(layout.recordFile(id))
    if (record === undefined) ids.delete(id)
    else if (id.startsWith(folder)) ids.add(id)
  }
  for (const place of damaged) return yield* damagedRecord(place)
  memory.names.learn(folder, ids)
  return true
})
