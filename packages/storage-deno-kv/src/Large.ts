/**
 * A commit that is too large for one atomic operation, as if it were one.
 *
 * What it will do is staged first, where nobody looks. One small atomic operation then decides it: `large` names it, if
 * nothing was committed since its expectations were read. From there on it is done: whoever comes, reading or writing,
 * first carries out what was staged, group by group, as long as `large` is still the same, and takes it away. So it does
 * not matter who is killed where, nor how many do it at once.
 */
import type { StorageError } from "@keystead/core/Errors"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { corrupt, tooLarge } from "./Failure.ts"
import * as Keys from "./Keys.ts"
import { bounds, type Entry, type Key } from "./Kv.ts"
import { addSteps, groupsOf, partsOf, type Step } from "./Steps.ts"
import { commit, format, getMany, type Last, list, type Store } from "./Store.ts"

/** Where the pieces are. */
interface Staged {
  readonly time: number
  readonly name: string
  readonly pieces: number
}

/** The most pieces of one commit: they go in one atomic operation. */
const MOST_PIECES = bounds.steps - 1
/** After this time, in milliseconds, what was staged and not decided was left by somebody who is gone. */
const DAY = 86_400_000

const keysOf = ({ name, pieces, time }: Staged): ReadonlyArray<Key> =>
  Array.from({ length: pieces }, (_, index) => Keys.piece(time, name, index))

/** Stages steps, and answers where they are. "Unacceptable" if they are too many for any commit. */
const stage = Effect.fnUntraced(function*(store: Store, steps: ReadonlyArray<Step>) {
  const texts = partsOf(JSON.stringify(steps))
  if (texts.length > MOST_PIECES) {
    return yield* tooLarge(store.place, `a commit of more than ${MOST_PIECES * bounds.valueLength} characters`)
  }
  const time = yield* Clock.currentTimeMillis
  const name = String(yield* Random.nextIntBetween(0, Number.MAX_SAFE_INTEGER))
  const staged: Staged = { time, name, pieces: texts.length }
  const keys = keysOf(staged)
  for (
    const group of groupsOf(texts.flatMap((text, index) => keys[index] === undefined ? [] : [[keys[index], text]]))
  ) {
    yield* commit(store, addSteps(store.kv.atomic(), group))
  }
  return staged
})

/** Takes away what was staged and will not be done. */
const discard = (store: Store, staged: Staged) =>
  Effect.ignore(commit(store, addSteps(store.kv.atomic(), keysOf(staged).map((key): Step => [key]))))

/** Does all of the steps, if nothing was committed after `last`; whether it did. */
export const commitLarge = Effect.fnUntraced(function*(store: Store, steps: ReadonlyArray<Step>, last: Last) {
  const staged = yield* stage(store, steps)
  const [first] = yield* getMany(store, [Keys.piece(staged.time, staged.name, 0)])
  const decision = store.kv.atomic()
    .check({ key: Keys.large, versionstamp: null })
    .check({ key: Keys.last, versionstamp: last })
    // Who slept for a day finds it swept away.
    .check({ key: Keys.piece(staged.time, staged.name, 0), versionstamp: first?.versionstamp ?? "" })
    .set(Keys.large, staged)
    .set(Keys.last, format)
  if (!(yield* commit(store, decision))) {
    yield* discard(store, staged)
    return false
  }
  const [large] = yield* getMany(store, [Keys.large])
  if (large !== undefined && large.versionstamp !== null) yield* rollForward(store, large)
  return true
})

/** Completes the commit that `large` names. Where somebody else did, it changes nothing. */
export const rollForward = Effect.fnUntraced(
  function*(store: Store, large: Entry): Effect.fn.Return<void, StorageError> {
    const keys = isStaged(large.value) ? keysOf(large.value) : []
    let text = ""
    for (let start = 0; start < keys.length; start += bounds.keys) {
      const pieces = yield* getMany(store, keys.slice(start, start + bounds.keys))
      for (const { value } of pieces) {
        // Somebody has completed it meanwhile.
        if (typeof value !== "string") return
        text += value
      }
    }
    const steps = yield* stepsIn(text)
    const ending: ReadonlyArray<Step> = [[Keys.large], ...keys.map((key): Step => [key])]
    for (const group of [...groupsOf(steps), ending]) {
      const atomic = store.kv.atomic().check({ key: Keys.large, versionstamp: large.versionstamp })
      if (!(yield* commit(store, addSteps(atomic, group)))) return
    }
  }
)

const stepsIn = (text: string): Effect.Effect<ReadonlyArray<Step>, StorageError> =>
  Effect.filterOrFail(
    Effect.try({ try: (): unknown => JSON.parse(text), catch: () => corrupt("large") }),
    isSteps,
    () => corrupt("large")
  )

const isSteps = (value: unknown): value is ReadonlyArray<Step> =>
  Array.isArray(value) && value.every((step) => Array.isArray(step) && Array.isArray(step[0]))

const isStaged = (value: unknown): value is Staged =>
  typeof value === "object" && value !== null &&
  ["time", "pieces"].every((name) => Number.isInteger(Reflect.get(value, name)))

/**
 * Removes what was staged long ago and never decided, some of it at a time. No large commit may be under way, or else it
 * removes nothing: what is decided just now is not swept, and what is swept is not decided any more.
 */
export const sweep = Effect.fnUntraced(function*(store: Store): Effect.fn.Return<void, StorageError> {
  const range = Keys.staged((yield* Clock.currentTimeMillis) - DAY)
  const listed = yield* list(store, range, bounds.batch)
  const steps = listed.map(({ key }): Step => [[...Keys.staged(0).start, ...key.slice(2).filter(isPart)]])
  for (const group of groupsOf(steps)) {
    const atomic = store.kv.atomic().check({ key: Keys.large, versionstamp: null })
    if (!(yield* commit(store, addSteps(atomic, group)))) return
  }
})

const isPart = (part: unknown): part is string | number => typeof part === "string" || typeof part === "number"
