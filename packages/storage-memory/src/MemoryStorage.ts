/**
 * The Storage service in memory: one reference to an immutable `KeyStore`. It is gone when the program ends.
 *
 * Every operation is synchronous, so that it runs under `Effect.runSync` too, where a host has no event loop.
 */
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"

/** The Storage over a reference that the caller holds: it can begin with any store, and be looked at any time. */
export const make = (ref: Ref.Ref<KeyStore.KeyStore>): Storage["Service"] => ({
  read: (ids) => Effect.map(Ref.get(ref), (store) => KeyStore.read(store, ids)),
  scan: (range) => Effect.map(Ref.get(ref), (store) => KeyStore.scan(store, range)),
  commit: (changes) =>
    Effect.flatMap(
      Ref.modify(ref, (store) => {
        const committed = KeyStore.commit(store, changes)
        return [Result.map(committed, () => undefined), Result.getOrElse(committed, () => store)]
      }),
      Effect.fromResult
    )
})

/** A Storage of its own, empty at first. */
export const layer: Layer.Layer<Storage> = Layer.effect(Storage, Effect.map(Ref.make(KeyStore.empty), make))
