/**
 * How an id is a key of the object store: its UTF-8 bytes. IndexedDB orders texts by UTF-16 code units, which is not the
 * order of ids; bytes it orders as `compareIds` does, and it takes any (Indexed Database API 3.0, section 2.4).
 */
import * as Utf8 from "@keystead/core/Utf8"

/** The key of the record with this id. */
export const toKey = Utf8.encode

/** The keys of the ids that begin with the prefix, and come after `after`. Both are well-formed Unicode. */
export const rangeOf = (prefix: string, after: string | undefined): IDBKeyRange | undefined => {
  const [first, last] = [toKey(prefix), endOf(prefix)]
  const next = after === undefined ? undefined : toKey(after)
  const isLater = next !== undefined && indexedDB.cmp(next, first) >= 0
  const lower = isLater ? next : first
  if (last === undefined) return IDBKeyRange.lowerBound(lower, isLater)
  // IndexedDB refuses a range whose ends are the wrong way round; there is nothing in it.
  return indexedDB.cmp(lower, last) < 0 ? IDBKeyRange.bound(lower, last, isLater, true) : undefined
}

/** The first key after all that begin with the prefix: no byte of UTF-8 is 0xff, so that the last one can be raised. */
const endOf = (prefix: string): Uint8Array<ArrayBuffer> | undefined => {
  const end = toKey(prefix)
  const last = end.at(-1)
  if (last === undefined) return undefined
  end[end.length - 1] = last + 1
  return end
}
