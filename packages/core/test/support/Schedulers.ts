/** Schedulers that tests choose: where a fiber gives way to others, and where it is interrupted. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"

type ShouldYield = (fiber: Fiber.Fiber<unknown, unknown>) => boolean

const over = (shouldYield: ShouldYield): Scheduler.Scheduler => {
  const usual = new Scheduler.MixedScheduler("sync")
  return { executionMode: "sync", shouldYield, makeDispatcher: () => usual.makeDispatcher() }
}

/** Gives way at every operation for which the choice is true; choices go round. */
export const yieldingAt = (choices: ReadonlyArray<boolean>): Scheduler.Scheduler => {
  let operations = 0
  // A fiber that comes back takes up what it was at first: to give way again before that would be for ever.
  return over(({ currentOpCount }) => currentOpCount > 2 && (choices[operations++ % choices.length] ?? false))
}

/** Interrupts its fibers before their operation of that number, counted from 0, and counts on. */
export const interruptingAt = (
  operation: number
): { readonly scheduler: Scheduler.Scheduler; readonly count: () => number } => {
  let operations = 0
  const scheduler = over((fiber) => {
    if (operations++ === operation) fiber.interruptUnsafe()
    return false
  })
  return { scheduler, count: () => operations }
}

/** Runs an effect under a scheduler. */
export const under = (scheduler: Scheduler.Scheduler) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.provideService(effect, Scheduler.Scheduler, scheduler)
