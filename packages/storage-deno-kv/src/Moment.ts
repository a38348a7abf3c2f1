/**
 * Reading many keys as they stood at one moment, though Deno KV gives ten at once. Every commit writes `last`: batches
 * between which its version stays the same are of one moment. If not, it is tried again.
 */
import type { StorageError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { busy, newer } from "./Failure.ts"
import * as Keys from "./Keys.ts"
import { bounds, type Entry, type Key } from "./Kv.ts"
import { rollForward } from "./Large.ts"
import { format, getMany, type Last, type Store } from "./Store.ts"

/** How often something is tried that others come between. */
const TRIES = 1000
/** The longest pause between two tries, in milliseconds. */
const PAUSE = 50

/** Tries until there is an answer, with growing pauses; "Unavailable" if there is none. */
export const settle = <A, E>(
  place: string,
  answer: Effect.Effect<A | undefined, E>
): Effect.Effect<A, E | StorageError> =>
  Effect.gen(function*() {
    for (let tried = 0; tried < TRIES; tried++) {
      const answered = yield* answer
      if (answered !== undefined) return answered
      yield* Effect.sleep(yield* Random.nextIntBetween(0, Math.min(2 ** tried, PAUSE)))
    }
    return yield* busy(place)
  })

/**
 * The entries of those keys, in their order, and the commit that was the last one then. Undefined if another commit came
 * between, or was not the one of an earlier reading; a large one that was left half done is completed.
 */
export const entries = Effect.fnUntraced(function*(
  store: Store,
  keys: ReadonlyArray<Key>,
  earlier?: Last
): Effect.fn.Return<{ readonly last: Last; readonly found: ReadonlyArray<Entry> } | undefined, StorageError> {
  const found: Array<Entry> = []
  let last = earlier
  for (let start = 0; start === 0 || start < keys.length; start += bounds.keys - 2) {
    const batch = [Keys.last, Keys.large, ...keys.slice(start, start + bounds.keys - 2)]
    const [newest, large, ...others] = yield* getMany(store, batch)
    if (newest === undefined || large === undefined) return undefined
    if (newest.value !== null && newest.value !== format) return yield* newer(store.place)
    if (large.versionstamp !== null) {
      yield* rollForward(store, large)
      return undefined
    }
    if (last !== undefined && last !== newest.versionstamp) return undefined
    last = newest.versionstamp
    found.push(...others)
  }
  return { last: last ?? null, found }
})
