/** Properties over Effect programs: each example runs with a clock and a scope of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"

/** Runs the program with a test clock that begins at the epoch. */
export const run = <A, E>(program: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.provide(Effect.scoped(program), TestClock.layer()))

/** `SLOW=20` in the environment tries twenty times as many examples. */
const slowness = Number(process.env["SLOW"] ?? 1)

/** How many examples to try, where this many are enough every day. */
export const examples = (daily: number): number => daily * slowness

/** How long a property may take, in milliseconds: Vitest's own five seconds are for a machine that does nothing else. */
export const patience = 60_000 * slowness

/** Checks that the program succeeds whatever the arbitrary gives. */
export const holds = <A>(
  arbitrary: fc.Arbitrary<A>,
  program: (value: A) => Effect.Effect<unknown, unknown, Scope.Scope>,
  parameters: fc.Parameters<[A]> = {}
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      await run(program(value))
    }),
    { ...parameters, numRuns: examples(parameters.numRuns ?? 100) }
  )
