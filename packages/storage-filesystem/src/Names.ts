/**
 * The ids of the store in order, as far as someone has listed them: the folder of a prefix is read once, when a first
 * page under it is asked for; from then on every commit keeps the list as it is.
 */
import * as SortedMap from "@keystead/core/storage/SortedMap"
import { compareIds, type ScanRange } from "@keystead/core/storage/Storage"

export interface Names {
  /** Whether every id of the folder (a prefix that ends in `/`, or is empty) is known. */
  readonly knows: (folder: string) => boolean
  /** Learns all ids of a folder. */
  readonly learn: (folder: string, ids: Iterable<string>) => void
  readonly add: (id: string) => void
  readonly remove: (id: string) => void
  /** The first ids of a range whose folder is known. */
  readonly page: (range: ScanRange) => ReadonlyArray<string>
  readonly clear: () => void
}

/** The folder that holds every id with that prefix. */
export const folderOfPrefix = (prefix: string): string => prefix.slice(0, prefix.lastIndexOf("/") + 1)

/** No names yet, of no folder. */
export const makeNames = (): Names => {
  // No folder lies within another: ids are in one map each.
  const folders = new Map<string, SortedMap.SortedMap<true>>()
  const over = (id: string): string | undefined => {
    if (folders.has("")) return ""
    for (let slash = id.indexOf("/"); slash >= 0; slash = id.indexOf("/", slash + 1)) {
      if (folders.has(id.slice(0, slash + 1))) return id.slice(0, slash + 1)
    }
    return undefined
  }
  const update = (id: string, change: (ids: SortedMap.SortedMap<true>) => SortedMap.SortedMap<true>) => {
    const folder = over(id)
    if (folder !== undefined) folders.set(folder, change(folders.get(folder)))
  }
  return {
    knows: (folder) => over(folder) !== undefined,
    learn: (folder, ids) => {
      for (const within of folders.keys()) if (within.startsWith(folder)) folders.delete(within)
      const sorted = [...new Set(ids)].toSorted(compareIds).map((id) => [id, true] as const)
      folders.set(folder, SortedMap.fromSorted(sorted))
    },
    add: (id) => update(id, (ids) => SortedMap.set(ids, id, true)),
    remove: (id) => update(id, (ids) => SortedMap.remove(ids, id)),
    page: (range) => {
      const folder = over(folderOfPrefix(range.prefix))
      return SortedMap.page(folder === undefined ? undefined : folders.get(folder), range).map(({ key }) => key)
    },
    clear: () => folders.clear()
  }
}
