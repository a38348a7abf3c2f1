/** Changes of a world's store behind its back: by someone who can write it, and by someone who has its root key too. */
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import * as RecordSeal from "@keystead/core/crypto/RecordSeal"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import type { Change, Json, StoredRecord } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import { rootKeyBytes, type World } from "./World.ts"

/** Every record of the store, in the order of their ids. */
export const records = (world: World): Effect.Effect<ReadonlyArray<StoredRecord>> =>
  Effect.map(Ref.get(world.store), (store) => KeyStore.scan(store, { prefix: "", limit: 100_000 }))

/** The ids of the records that begin with the prefix. */
export const ids = (world: World, prefix = ""): Effect.Effect<ReadonlyArray<string>> =>
  Effect.map(records(world), (all) => all.map(({ id }) => id).filter((id) => id.startsWith(prefix)))

/** The value of a record. */
export const valueOf = (world: World, id: string): Effect.Effect<Json | undefined> =>
  Effect.map(Ref.get(world.store), (store) => KeyStore.read(store, [id]).get(id)?.value)

/** Makes the changes, whatever the records are. */
export const change = (world: World, ...changes: ReadonlyArray<Change>): Effect.Effect<void> =>
  Ref.update(world.store, (store) => Result.getOrThrow(KeyStore.commit(store, changes)))

/** Writes a value that need not be a sealed record. */
export const put = (world: World, id: string, value: Json): Effect.Effect<void> =>
  change(world, { _tag: "Put", id, value })

/** The root key that worlds have. */
export const rootKey = Effect.provide(
  Effect.suspend(() => DerivedRootKey.make(rootKeyBytes())),
  Noble.layer(insecureSeeded("tamper"))
)

/** A record's content, with its code checked. */
export const contentOf = Effect.fnUntraced(function*(world: World, id: string) {
  const value = (yield* valueOf(world, id)) ?? null
  return yield* Effect.orDie(Effect.provideService(RecordSeal.open(id, value), RootKey, yield* rootKey))
})

/** Writes a record as only the holder of the root key can. */
export const reseal = Effect.fnUntraced(function*(world: World, id: string, content: Json) {
  const value = yield* Effect.provideService(RecordSeal.seal(id, content), RootKey, yield* rootKey)
  yield* put(world, id, value)
})
