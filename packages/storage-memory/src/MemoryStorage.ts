/**
 * The Storage service in memory: one reference to an immutable `KeyStore`. It is gone when the program ends.
 *
 * Every operation is synchronous, so that it runs under `Effect.runSync` too, where a host has no event loop.
 */
import * as KeyStore from "@keystead/core/storage/KeyStore"
import * as SortedMap from "@keystead/core/storage/SortedMap"
import { type Change, Storage, type StoredRecord } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Ref from "effect/Ref"
import * as Result from "effect/Result"

/** The Storage over a reference that the caller holds: it can begin with any store, and be looked at any time. */
export const make = (ref: Ref.Ref<KeyStore.KeyStore>): Storage["Service"] =>
  over(ref.ref, KeyStore.read, () => undefined)

/** A Storage of its own, empty at first. */
export const layer: Layer.Layer<Storage> = Layer.sync(Storage, () => {
  const { follow, read } = makeIndex()
  return over({ current: KeyStore.empty }, read, follow)
})

/** The Storage over a reference, given how to read from a store, and what to do when it has changed. */
const over = (
  ref: { current: KeyStore.KeyStore },
  read: typeof KeyStore.read,
  follow: (store: KeyStore.KeyStore, changes: ReadonlyArray<Change>) => void
): Storage["Service"] => ({
  read: (ids) => Effect.sync(() => read(ref.current, ids)),
  scan: (range) => Effect.sync(() => KeyStore.scan(ref.current, range)),
  commit: (changes) =>
    Effect.suspend(() => {
      const committed = KeyStore.commit(ref.current, changes)
      if (Result.isFailure(committed)) return Effect.fail(committed.failure)
      ref.current = committed.success
      follow(committed.success, changes)
      return Effect.void
    })
})

/**
 * The records once more, by their ids, where nobody else changes the store. To read in the tree is a step a level, and
 * each lies somewhere else in memory: among 100,000 records that takes several times as long.
 */
const makeIndex = () => {
  const records = new Map<string, StoredRecord>()
  return {
    read: (_store: KeyStore.KeyStore, ids: ReadonlyArray<string>): ReadonlyMap<string, StoredRecord> => {
      const found = new Map<string, StoredRecord>()
      for (const id of ids) {
        const record = records.get(id)
        if (record !== undefined) found.set(id, record)
      }
      return found
    },
    follow: (store: KeyStore.KeyStore, changes: ReadonlyArray<Change>): void => {
      for (const { id } of changes) {
        const record = SortedMap.get(store.records, id)
        if (record === undefined) records.delete(id)
        else records.set(id, record)
      }
    }
  }
}
