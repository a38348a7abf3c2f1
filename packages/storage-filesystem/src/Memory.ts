/**
 * What this process knows of the store: the records that the current journal changed (their files may lag behind, and
 * are not looked at), records that it read from their files, and ids that it listed. Everything here is synchronous, so
 * that whoever looks sees one moment.
 */
import type { ScanRange, StoredRecord, Version } from "@keystead/core/storage/Storage"
import type { Entry } from "./JournalText.ts"
import { makeNames, type Names } from "./Names.ts"
import { makeRecordCache, type SizedRecord } from "./RecordCache.ts"

/** How much of the store is kept in memory beside the current journal: enough for every key that is in use. */
const CACHE_LIMITS = { records: 10_000, bytes: 64 * 1_048_576 }

/** Some records, and the ids whose files must be read to say more. */
export interface Glance {
  readonly found: ReadonlyMap<string, StoredRecord>
  readonly unknown: ReadonlyArray<string>
}

export interface Memory {
  /** The number of the last commit. */
  readonly sequence: () => number
  /** The ids that the current journal changed, with their records as they are now (`undefined`: removed). */
  readonly changed: ReadonlyMap<string, StoredRecord | undefined>
  readonly names: Names
  /** Takes in a commit; `bytes` is about its size. */
  readonly accept: (entry: Entry) => void
  /** The files are up to date, and another journal begins. */
  readonly settle: () => void
  /** Forgets everything: the store went on unseen, and stands at that commit. */
  readonly forget: (sequence: number) => void
  readonly look: (ids: ReadonlyArray<string>) => Glance
  /** The version of a record, `null` when it does not exist, `undefined` when its file must be read to say. */
  readonly versionOf: (id: string) => Version | null | undefined
  /** Keeps a record that was read from its file, where no commit changed it since. */
  readonly keep: (sized: SizedRecord) => void
  readonly page: (range: ScanRange) => ReadonlyArray<string>
}

/** A memory of nothing yet. */
export const makeMemory = (): Memory => {
  const changed = new Map<string, StoredRecord | undefined>()
  const cache = makeRecordCache(CACHE_LIMITS)
  const names = makeNames()
  let sequence = 0

  const accept = (entry: Entry) => {
    sequence = entry.sequence
    const version = String(sequence)
    for (const { id, value } of entry.changes) {
      cache.remove(id)
      changed.set(id, value === undefined ? undefined : Object.freeze({ id, version, value }))
      if (value === undefined) names.remove(id)
      else names.add(id)
    }
  }
  const settle = () => {
    for (const record of changed.values()) {
      if (record !== undefined) cache.put({ record, bytes: JSON.stringify(record.value).length })
    }
    changed.clear()
  }
  const forget = (at: number) => {
    sequence = at
    changed.clear()
    cache.clear()
    names.clear()
  }
  const look = (ids: ReadonlyArray<string>): Glance => {
    const found = new Map<string, StoredRecord>()
    const unknown: Array<string> = []
    for (const id of ids) {
      const record = changed.get(id) ?? cache.get(id)
      if (record !== undefined) found.set(id, record)
      else if (!changed.has(id)) unknown.push(id)
    }
    return { found, unknown }
  }
  return {
    sequence: () => sequence,
    changed,
    names,
    accept,
    settle,
    forget,
    look,
    versionOf: (id) => changed.has(id) ? changed.get(id)?.version ?? null : cache.get(id)?.version,
    keep: (sized) => {
      if (!changed.has(sized.record.id)) cache.put(sized)
    },
    page: names.page
  }
}
