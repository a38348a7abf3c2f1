/** Many fibers and two Keysteads over one store, giving way to each other at random. */
import { it } from "@effect/vitest"
import type { Options } from "@keystead/core/Kms"
import type { Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { holds, patience } from "./Property.ts"
import { under, yieldingAt } from "./Schedulers.ts"
import { makeWorld, type World } from "./World.ts"

/** Where fibers give way, and how often the store does before it answers. */
export interface Choices {
  readonly fibers: ReadonlyArray<boolean>
  readonly store: ReadonlyArray<number>
}

/** Any choices. */
export const choices: fc.Arbitrary<Choices> = fc.record({
  fibers: fc.array(fc.boolean(), { minLength: 1, maxLength: 60, size: "max" }),
  store: fc.array(fc.constantFrom(0, 1, 2, 40, 80), { minLength: 1, maxLength: 60, size: "max" })
})

/** A store that is slow at times: whatever other fibers do can come between two of its operations. */
export const givingWay = (choices: Choices) => (inner: Storage["Service"]): Storage["Service"] => {
  let operations = 0
  const apart = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const times = choices.store[operations++ % choices.store.length] ?? 0
      return Effect.andThen(Effect.repeat(Effect.yieldNow, { times }), effect)
    })
  return {
    read: (ids) => apart(inner.read(ids)),
    scan: (range) => apart(inner.scan(range)),
    commit: (changes) => apart(inner.commit(changes))
  }
}

/** Two Keysteads over one store that is slow at times. */
export const twoWorlds = Effect.fnUntraced(function*(choices: Choices, options: Partial<Options> = {}) {
  const wrap = givingWay(choices)
  const one = yield* makeWorld({ ...options, wrap })
  const two = yield* makeWorld({ ...options, wrap, store: one.store, seed: "two" })
  return [one, two] as const
})

/** Runs all at once, under the choices, while the clock goes on for those that pause. */
export const together = Effect.fnUntraced(function*<A, E>(
  { fibers }: Choices,
  effects: ReadonlyArray<Effect.Effect<A, E>>
) {
  const all = Effect.forEach(effects, Effect.exit, { concurrency: "unbounded" })
  const fiber = yield* Effect.forkDetach(under(yieldingAt(fibers))(all))
  while (fiber.pollUnsafe() === undefined) {
    yield* TestClock.adjust(1000)
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  }
  return yield* Fiber.join(fiber)
})

/** A test in two worlds over one store, whatever the choices are; some numbers to choose by come with them. */
export const concurrently = (
  name: string,
  program: (
    worlds: readonly [World, World],
    choices: Choices,
    numbers: ReadonlyArray<number>
  ) => Effect.Effect<unknown, unknown, Scope.Scope>,
  numRuns: number
) =>
  it(name, () =>
    holds(
      fc.tuple(choices, fc.array(fc.nat(), { minLength: 8, maxLength: 8 })),
      ([choices, numbers]) => Effect.flatMap(twoWorlds(choices), (worlds) => program(worlds, choices, numbers)),
      { numRuns }
    ), patience)
