/**
 * `npm run fuzz -- [--seconds N] [--seed S]`: throws bad input at every operation for N seconds (60), beginning with seed S
 * (any, by the clock).
 *
 * It prints the seed of each round, and at the end how the calls ended. The exit code is 1 if anything was broken, with
 * the input that shows it and the seed that makes it again; 2 for a wrong command line.
 */
import { parseArgs } from "node:util"
import { fuzz, type Tally } from "../packages/core/test/support/Fuzz.ts"

/** Requests of each form to each operation in a round. */
const examples = 100

const natural = (name: string, text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  console.error(`--${name} must be a whole number, not ${text}.`)
  return process.exit(2)
}

const { values } = parseArgs({ options: { seconds: { type: "string" }, seed: { type: "string" } } })
const seconds = natural("seconds", values.seconds, 60)
const first = natural("seed", values.seed, Date.now() % 2 ** 31)
const end = Date.now() + seconds * 1000
const tally: Tally = new Map()

try {
  for (let round = 0; round === 0 || Date.now() < end; round++) {
    console.log(`round ${round + 1}: --seed ${first + round}`)
    await fuzz(examples, first + round, tally, () => round > 0 && Date.now() >= end)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
const calls = [...tally.values()].reduce((sum, count) => sum + count, 0)
console.log(`${calls} calls${process.exitCode === 1 ? " before one that was broken" : ""}:`)
for (const [ended, count] of [...tally].toSorted(([, left], [, right]) => right - left)) {
  console.log(`${count} ${ended}`)
}
