/**
 * A store remembers which root key it belongs to: one record with a check value, and what a passphrase needs beside
 * itself (salt and costs). So a wrong key or passphrase shows when the store is opened, and not at the first record.
 *
 * The record is no secret, and it is not needed to be genuine: a changed one keeps the store from opening, no more.
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import { RootKeyError, StorageError } from "../Errors.ts"
import { type Json, rootKeyRecordId, Storage } from "../storage/Storage.ts"
import * as Utf8 from "../Utf8.ts"
import type { RootKey, RootKeyUses } from "./RootKey.ts"

const checked = Utf8.encode("Keystead root key 1 check")

/** A root key, and what must be kept to have it again. */
export interface Obtained {
  readonly rootKey: RootKey["Service"]
  readonly parameters: Json
}

/** How a runtime gets a root key; mostly it needs `Crypto` to make one out of secret bytes. */
export interface RootKeySource<E, R = never> {
  /** For a store that is empty: a new one, or the one that is given. */
  readonly create: Effect.Effect<Obtained, E, R>
  /** For a store that has one: the same again, out of what was kept. */
  readonly obtain: (parameters: Json) => Effect.Effect<RootKey["Service"], E, R>
}

/** What tells one root key from another, and what is needed to have it again. */
export type KeptKey = {
  readonly check: string
  readonly parameters: Json
}

/** What the record tells. */
export type Kept = KeptKey & {
  /** The root key that is replacing it. */
  readonly next?: KeptKey
}

const isKeptKey = (value: unknown): value is KeptKey =>
  typeof value === "object" && value !== null && "check" in value && "parameters" in value

const isKept = (value: Json): value is Kept =>
  isKeptKey(value) && (!("next" in value) || isKeptKey(Reflect.get(value, "next")))

/** The record; StorageError if it is not one. Nothing if there is none. */
export const readKept = Effect.gen(function*() {
  const stored = (yield* (yield* Storage).read([rootKeyRecordId])).get(rootKeyRecordId)
  if (stored === undefined) return undefined
  return isKept(stored.value) ? { kept: stored.value, version: stored.version } : yield* unreadable()
})

/** What is kept of a root key. */
export const checkOf = (rootKey: RootKeyUses) => Effect.map(rootKey.mac(checked), (mac) => Base64.encode(mac))

/** The store's root key: made and recorded if the store is new, otherwise had again and checked. */
export const establish = Effect.fnUntraced(function*<E, R>(
  source: RootKeySource<E, R>
): Effect.fn.Return<RootKey["Service"], E | StorageError | RootKeyError, Storage | R> {
  const storage = yield* Storage
  const present = yield* readKept
  if (present !== undefined) {
    if (present.kept.next !== undefined) return yield* replacing()
    return { ...yield* obtainKept(source, present.kept), recorded: present.version }
  }
  if ((yield* storage.scan({ prefix: "", limit: 1 })).length > 0) {
    // Another process may have made the store between the two looks: that record is always its first.
    return (yield* readKept) === undefined ? yield* unreadable() : yield* Effect.suspend(() => establish(source))
  }
  const { parameters, rootKey } = yield* source.create
  const value = { check: yield* checkOf(rootKey), parameters }
  // Another process may have been first: then its record counts.
  const recorded = yield* Effect.result(
    storage.commit([{ _tag: "Put", id: rootKeyRecordId, value, expected: null }])
  )
  if (recorded._tag === "Success") return { ...rootKey, recorded: (yield* readKept)?.version }
  if (recorded.failure._tag === "StorageError") return yield* recorded.failure
  return yield* Effect.suspend(() => establish(source))
})

/** The root key that is kept so, or RootKeyError if the source has another. */
export const obtainKept = Effect.fnUntraced(function*<E, R>(source: RootKeySource<E, R>, kept: KeptKey) {
  const rootKey = yield* source.obtain(kept.parameters)
  return (yield* checkOf(rootKey)) === kept.check ? rootKey : yield* wrong()
})

const replacing = () =>
  new RootKeyError({
    reason: "Replacing",
    message: "The store's root key is being replaced, which was interrupted. Open it with the former and the new one, "
      + "and let that be completed: `keystead rewrap` does."
  })

const unreadable = () =>
  new StorageError({
    reason: "Corrupt",
    message: `The store's record "${rootKeyRecordId}" is missing or changed. Restore it from a backup of the store.`,
    place: rootKeyRecordId
  })

const wrong = () =>
  new RootKeyError({
    reason: "Wrong",
    message: "This is not the root key, or not the passphrase, that the store was made with. Open it with its own."
  })
