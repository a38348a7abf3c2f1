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
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"

/** The Storage over a reference that the caller holds: it can begin with any store, and be looked at any time. */
export const make = (ref: Ref.Ref<KeyStore.KeyStore>): Storage["Service"] => over(ref, KeyStore.read, () => undefined)

/** A Storage of its own, empty at first. */
export const layer: Layer.Layer<Storage> = Layer.effect(
  Storage,
  Effect.map(Ref.make(KeyStore.empty), (ref) => {
    const { follow, read } = makeIndex()
    return over(ref, read, follow)
  })
)

/** The Storage over a reference, given how to read from a store, and what to do when it has changed. */
const over = (
  ref: Ref.Ref<KeyStore.KeyStore>,
  read: typeof KeyStore.read,
  follow: (store: KeyStore.KeyStore, changes: ReadonlyArray<Change>) => void
): Storage["Service"] => ({
  read: (ids) => Effect.map(Ref.get(ref), (store) => read(store, ids)),
  scan: (range) => Effect.map(Ref.get(ref), (store) => KeyStore.scan(store, range)),
  commit: (changes) =>
    Effect.flatMap(
      Ref.modify(ref, (store) => {
        const committed = KeyStore.commit(store, changes)
        if (Result.isSuccess(committed)) follow(committed.success, changes)
        return [Result.map(committed, () => undefined), Result.getOrElse(committed, () => store)]
      }),
      Effect.fromResult
    )
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
