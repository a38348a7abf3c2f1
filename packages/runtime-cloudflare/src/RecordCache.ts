/**
 * A store's records, kept for a while in the Worker, so that using a key asks no Durable Object and no database.
 *
 * What was kept may have been changed elsewhere meanwhile, for `age` at most. Whoever is to change something reads through
 * (`Served`), and so does everybody after a commit of this Worker that changed or would have changed the record.
 */
import type { StorageError } from "@keystead/core/Errors"
import { type ScanRange, Storage, type StoredRecord } from "@keystead/core/storage/Storage"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** How much is kept, and for how long. */
export interface CacheBounds {
  /** At most so many records, and as many again in pages of listings and indexes. */
  readonly records: number
  /** For so many milliseconds: how long a change made elsewhere may go unnoticed. 0: nothing is kept, each call reads. */
  readonly age: number
}

/** Five seconds, as AWS KMS takes for most changes; a thousand records. */
export const defaultBounds: CacheBounds = { records: 1000, age: 5000 }

/**
 * What a call was given from what is kept; undefined for who reads through. A call that asks for the same again has found
 * that it does not fit together, such as an alias that moved meanwhile: then it reads through.
 */
export const Served: Context.Reference<Set<string> | undefined> = Context.Reference(
  "@keystead/runtime-cloudflare/Served",
  { defaultValue: (): Set<string> | undefined => undefined }
)

interface Kept<Value> {
  readonly value: Value
  readonly at: number
}

/** @param sizeOf - how many records a value counts as */
const makeShelf = <Value>({ age, records }: CacheBounds, sizeOf: (value: Value) => number) => {
  const kept = new Map<string, Kept<Value>>()
  let size = 0
  const drop = (key: string): void => {
    const found = kept.get(key)
    if (found !== undefined) size -= sizeOf(found.value)
    kept.delete(key)
  }
  return {
    get: (key: string, now: number): Value | undefined => {
      const found = kept.get(key)
      if (found === undefined) return undefined
      // A clock that went back makes an entry of no known age.
      if (now - found.at < age && now >= found.at) return found.value
      drop(key)
      return undefined
    },
    put: (key: string, value: Value, at: number): void => {
      drop(key)
      kept.set(key, { value, at })
      size += sizeOf(value)
      for (const oldest of kept.keys()) {
        if (size <= records) break
        drop(oldest)
      }
    },
    delete: drop,
    entries: () => [...kept].map(([key, { value }]) => [key, value] as const)
  }
}

/** A page, and which ids it has all of. */
interface Page {
  readonly prefix: string
  readonly page: ReadonlyArray<StoredRecord>
}

/** The longest page that is kept: those of the indexes that a call consults. */
const longestPage = 100

/** The store with what is kept of it in between. What is not there is not kept: it may come into being. */
export const cached = (storage: Storage["Service"], bounds: CacheBounds): Storage["Service"] => {
  if (bounds.age <= 0 || bounds.records <= 0) return storage
  const records = makeShelf<StoredRecord>(bounds, () => 1)
  const pages = makeShelf<Page>(bounds, ({ page }) => Math.max(1, page.length))
  // What was asked before a commit and answered after it is not kept.
  let commits = 0

  const forget = (id: string): void => {
    records.delete(id)
    for (const [key, { prefix }] of pages.entries()) if (id.startsWith(prefix)) pages.delete(key)
  }

  const fetch = Effect.fnUntraced(function*(ids: ReadonlyArray<string>) {
    const asked = { at: yield* Clock.currentTimeMillis, commits }
    const found = yield* storage.read(ids)
    if (asked.commits === commits) { for (const [id, record] of found) records.put(id, record, asked.at) }
    return found
  })

  const read: Storage["Service"]["read"] = Effect.fnUntraced(function*(ids) {
    const served = yield* Served
    const now = yield* Clock.currentTimeMillis
    const found = new Map<string, StoredRecord>()
    for (const id of ids) {
      const record = served === undefined || served.has(id) ? undefined : records.get(id, now)
      // Asked together, so that they stood together.
      if (record === undefined) return yield* fetch(ids)
      found.set(id, record)
    }
    for (const id of ids) served?.add(id)
    return found
  })

  const scan = Effect.fnUntraced(
    function*(range: ScanRange): Effect.fn.Return<ReadonlyArray<StoredRecord>, StorageError> {
      const key = JSON.stringify([range.prefix, range.after, range.limit])
      const served = yield* Served
      const asked = { at: yield* Clock.currentTimeMillis, commits }
      const known = served === undefined || served.has(key) ? undefined : pages.get(key, asked.at)
      served?.add(key)
      if (known !== undefined) return known.page
      const page = yield* storage.scan(range)
      if (page.length <= longestPage && asked.commits === commits) {
        pages.put(key, { prefix: range.prefix, page }, asked.at)
      }
      return page
    }
  )

  return Storage.of({
    read,
    scan,
    commit: (changes) =>
      Effect.onExit(storage.commit(changes), () =>
        Effect.sync(() => {
          commits++
          for (const { id } of changes) forget(id)
        }))
  })
}
