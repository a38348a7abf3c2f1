/** What several tabs and workers do to one store at once. */
import type { StorageError } from "@keystead/core/Errors"
import type { CommitConflict, Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"

const COUNTERS = 3

/** Mulberry32 (T. Ettinger). */
const seeded = (seed: number) => {
  let state = seed
  return (bound: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000 * bound)
  }
}

/**
 * Raises two of the counters together, again and again, by amounts that the seed gives, each from the versions that it
 * read. Gives the sum of what was acknowledged, and how often another was first.
 */
export const load = (seed: number, commits: number) => (storage: Storage["Service"]) =>
  Effect.gen(function*() {
    const below = seeded(seed)
    let [sum, conflicts] = [0, 0]
    for (let done = 0; done < commits;) {
      const first = below(COUNTERS)
      const ids = [`counter/${first}`, `counter/${(first + 1 + below(COUNTERS - 1)) % COUNTERS}`]
      const amount = 1 + below(9)
      const found = yield* storage.read(ids)
      const raised = storage.commit(ids.map((id) => ({
        _tag: "Put",
        id,
        value: Number(found.get(id)?.value ?? 0) + amount,
        expected: found.get(id)?.version ?? null
      })))
      const isDone = yield* raised.pipe(
        Effect.as(true),
        Effect.catchTag("CommitConflict", (): Effect.Effect<boolean, StorageError | CommitConflict> =>
          Effect.succeed(false))
      )
      if (isDone) {
        ;[sum, done] = [sum + 2 * amount, done + 1]
      } else conflicts += 1
    }
    return [sum, conflicts]
  })
