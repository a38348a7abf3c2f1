/** Where the root key of a store in IndexedDB comes from, and how it is replaced there. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { readKept, type RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import { ephemeral } from "@keystead/core/crypto/SecretRootKey"
import { type IntegrityError, RootKeyError, type StorageError } from "@keystead/core/Errors"
import type { HeldRootKey } from "@keystead/core/rewrap/HeldRootKey"
import { establishHeld, rewrap, type Rewrapped } from "@keystead/core/rewrap/Rewrap"
import type { Json, Storage } from "@keystead/core/storage/Storage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { rootKeyOf } from "./CryptoKeyRootKey.ts"
import * as RootKeyHandles from "./RootKeyHandles.ts"

/** A way to a root key: `passphrase("…")` of `Passphrase.ts`, `passkey(…)` of `Passkey.ts`, or the core's `fromBytes`. */
export type RootKeyChoice = RootKeySource<RootKeyError, Crypto>

/** A store's database, if it is in one, and its root key. */
export interface Chosen {
  /** The name of the IndexedDB database, made if it is not there; without one, everything is in memory and gone at the end. */
  readonly database?: string
  /**
   * By default a `CryptoKey` that cannot be exported, kept in the IndexedDB database `NAME.rootkey`. In memory it is random.
   */
  readonly rootKey?: RootKeyChoice
  /** The root key that is replacing it: needed while that was begun and is not complete, if it is not kept in IndexedDB. */
  readonly newRootKey?: RootKeyChoice
}

const source = "handle"

const missing = (database: string) =>
  new RootKeyError({
    reason: "Missing",
    message:
      `The IndexedDB database "${database}" has records, and "${RootKeyHandles.databaseOf(database)}" does not have `
      + "their root key: it was deleted. Restore a backup into a new database."
  })

const another = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "The store's root key is not kept in this browser. Open it with its own: its passphrase, or its passkey."
  })

/** Whether the parameters are those of a root key that is kept in IndexedDB. */
const isKept = (parameters: Json): boolean => Reflect.get(Object(parameters), "source") === source

/** The root key that is kept beside the store's database. */
const kept = (database: string, place: RootKeyHandles.Place): RootKeyChoice => ({
  create: Effect.gen(function*() {
    const rootKey = yield* rootKeyOf(yield* RootKeyHandles.findOrMake(database, place))
    return { rootKey, parameters: { source } }
  }),
  obtain: Effect.fnUntraced(function*(parameters) {
    if (!isKept(parameters)) return yield* another()
    return yield* rootKeyOf((yield* RootKeyHandles.find(database, place)) ?? (yield* missing(database)))
  })
})

const sourceOf = ({ database, rootKey }: Chosen): RootKeyChoice =>
  rootKey ?? (database === undefined ? ephemeral : kept(database, "current"))

/** The root key that is replacing the store's, if there may be one. */
const nextOf = Effect.fnUntraced(function*({ database, newRootKey }: Chosen) {
  if (newRootKey !== undefined || database === undefined) return newRootKey
  return (yield* RootKeyHandles.find(database, "next")) === undefined ? undefined : kept(database, "next")
})

/** The store's root key, held so that it can be replaced. */
export const hold = Effect.fnUntraced(function*(chosen: Chosen) {
  return yield* establishHeld(sourceOf(chosen), yield* nextOf(chosen))
})

/** Replaces the root key of an open store, which goes on answering. */
export class RootKeyReplacement extends Context.Service<RootKeyReplacement, {
  /**
   * Puts the store under this root key, or goes on with it; without one, under a new one that is kept in IndexedDB. When it
   * is complete, the former root key opens nothing any more. What was begun with another sort of root key is completed first.
   */
  readonly replace: (choice?: RootKeyChoice) => Effect.Effect<Rewrapped, RootKeyError | StorageError | IntegrityError>
}>()("@keystead/runtime-browser/RootKeyReplacement") {}

/** The replacement for a held root key. */
export const replacement = Effect.fnUntraced(function*({ database, newRootKey }: Chosen, held: HeldRootKey) {
  const context = yield* Effect.context<Storage | Crypto>()
  const inPlace = (): Effect.Effect<Rewrapped, RootKeyError | StorageError | IntegrityError, Storage | Crypto> =>
    database === undefined
      ? rewrap(held, ephemeral)
      : Effect.tap(rewrap(held, kept(database, "next")), () => RootKeyHandles.advance(database))
  const under = (choice: RootKeyChoice) =>
    Effect.tap(rewrap(held, choice), () => database === undefined ? Effect.void : RootKeyHandles.forget(database))
  // What was left in the middle is completed before another sort of root key is asked for: its handle would be forgotten.
  const completeOther = Effect.fnUntraced(function*(choice: RootKeyChoice | undefined) {
    if (database === undefined) return
    const next = (yield* readKept)?.kept.next
    const byHandle = next === undefined
      ? (yield* RootKeyHandles.find(database, "next")) !== undefined
      : isKept(next.parameters)
    if (choice !== undefined && byHandle) yield* inPlace()
    if (choice === undefined && next !== undefined && !byHandle) yield* rewrap(held, ephemeral)
  })
  const replace = (choice: RootKeyChoice | undefined) =>
    Effect.andThen(completeOther(choice), choice === undefined ? inPlace() : under(choice))
  return RootKeyReplacement.of({
    replace: (choice = newRootKey) => Effect.provideContext(replace(choice), context)
  })
})
