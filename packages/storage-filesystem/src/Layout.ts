/** Where things lie in the store's folder. */
import { join } from "node:path"
import { recordPath } from "./RecordPath.ts"

export interface Layout {
  readonly root: string
  /** Says what the folder is, and in which format. */
  readonly marker: string
  /** One file a record (`RecordPath.ts`). */
  readonly records: string
  readonly recordFile: (id: string) => string
  /** The commits since the record files were last synced (`JournalText.ts`). */
  readonly journals: string
  readonly journal: (number: number) => string
  /** Who is writing (`Lock.ts`). */
  readonly locks: string
  /** Files that are not complete yet. Only the writer that holds the lock has any. */
  readonly temporary: string
}

/** The layout of a store in this folder. */
export const layoutOf = (root: string): Layout => {
  const records = join(root, "records")
  const journals = join(root, "journal")
  return {
    root,
    marker: join(root, "keystead.json"),
    records,
    recordFile: (id) => join(records, ...recordPath(id)),
    journals,
    journal: (number) => join(journals, `${String(number).padStart(JOURNAL_DIGITS, "0")}.jsonl`),
    locks: join(root, "locks"),
    temporary: join(root, "tmp")
  }
}

const JOURNAL_DIGITS = 10

/** The number of a journal's file; `undefined` for a file of someone else's. */
export const journalNumber = (name: string): number | undefined =>
  /^\d{10,15}\.jsonl$/.test(name) ? Number.parseInt(name, 10) : undefined
