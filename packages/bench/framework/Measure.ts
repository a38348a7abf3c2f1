/**
 * Timing contenders side by side: each round times every one of them once, so that whatever the machine does beside
 * falls on all of them alike. Figures are medians over the rounds.
 */
import * as Effect from "effect/Effect"

/** What is timed: `batch(n)` does the thing n times. */
export interface Contender {
  readonly name: string
  readonly batch: (count: number) => void | Promise<void>
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number
  /** About how long one contender runs in one round, in milliseconds. */
  readonly sample: number
}

/** Enough for a median to stand still on a machine that is not otherwise idle. */
export const defaultEffort: Effort = { rounds: 25, sample: 60 }

/** For each contender, by name, the nanoseconds that one call took in each round. */
export type Samples = ReadonlyMap<string, ReadonlyArray<number>>

/** A batch of calls that answer promises, each awaited before the next. */
export const awaited = (call: () => Promise<unknown>) => async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await call()
}

/** A batch of effects, one after another in one fiber, as an Effect program would. */
export const inFiber = (effect: Effect.Effect<unknown>) => (count: number): Promise<void> =>
  Effect.runPromise(Effect.gen(function*() {
    for (let i = 0; i < count; i++) yield* effect
  }))

/** Nanoseconds that the batch took. */
export const timed = async (batch: () => unknown): Promise<number> => {
  const start = process.hrtime.bigint()
  await batch()
  return Number(process.hrtime.bigint() - start)
}

/** The middle of the values; the mean of the two middle ones of an even number. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((left, right) => left - right)
  const middle = sorted.length >>> 1
  const [upper = Number.NaN, lower = Number.NaN] = [sorted[middle], sorted[middle - 1]]
  return sorted.length % 2 === 1 ? upper : (upper + lower) / 2
}

/** How often a contender must be called to run for that many milliseconds, found after it has warmed up as long. */
const calibrate = async ({ batch }: Contender, sample: number): Promise<number> => {
  for (let count = 1, spent = 0;; count *= 2) {
    const took = (await timed(() => batch(count))) / 1e6
    spent += took
    if (spent >= 4 * sample && took >= sample / 4) return Math.max(1, Math.round((count * sample) / took))
  }
}

/** Warms every contender up, then times all of them in each round, each round beginning with another one. */
export const measure = async (
  contenders: ReadonlyArray<Contender>,
  { rounds, sample }: Effort = defaultEffort
): Promise<Samples> => {
  const counts = new Map<Contender, number>()
  for (const contender of contenders) counts.set(contender, await calibrate(contender, sample))
  const samples = new Map<string, Array<number>>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const count = counts.get(contender) ?? 1
      const took = await timed(() => contender.batch(count))
      samples.get(contender.name)?.push(took / count)
    }
  }
  return samples
}

/** The median of a contender's nanoseconds a call. */
export const nanoseconds = (samples: Samples, name: string): number => median(samples.get(name) ?? [])

/** How many times faster one contender is than another: the median over the rounds, in each of which both ran. */
export const timesFaster = (samples: Samples, name: string, than: string): number => {
  const others = samples.get(than) ?? []
  return median((samples.get(name) ?? []).map((own, round) => (others[round] ?? Number.NaN) / own))
}
