/** Records that were read from their files, as far as they fit: the one that was not used for longest goes first. */
import type { StoredRecord } from "@keystead/core/storage/Storage"

/** A record and how many bytes its file has. */
export interface SizedRecord {
  readonly record: StoredRecord
  readonly bytes: number
}

export interface RecordCache {
  readonly get: (id: string) => StoredRecord | undefined
  readonly put: (sized: SizedRecord) => void
  readonly remove: (id: string) => void
  readonly clear: () => void
}

/** A cache of at most so many records, and so many bytes of their files. */
export const makeRecordCache = (limits: { readonly records: number; readonly bytes: number }): RecordCache => {
  // A Map keeps its entries in the order in which they came.
  const kept = new Map<string, SizedRecord>()
  let bytes = 0
  const remove = (id: string) => {
    bytes -= kept.get(id)?.bytes ?? 0
    kept.delete(id)
  }
  return {
    get: (id) => {
      const found = kept.get(id)
      if (found === undefined) return undefined
      kept.delete(id)
      kept.set(id, found)
      return found.record
    },
    put: (sized) => {
      remove(sized.record.id)
      kept.set(sized.record.id, sized)
      bytes += sized.bytes
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.records && bytes <= limits.bytes) return
        remove(oldest)
      }
    },
    remove,
    clear: () => {
      kept.clear()
      bytes = 0
    }
  }
}
