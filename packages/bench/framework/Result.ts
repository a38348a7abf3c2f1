/** What a measurement says, and how it compares. */

/** One line of the table, and one element of the JSON. */
export interface Result {
  /** What was measured, unique within all suites: `Encrypt, 32 bytes`. */
  readonly name: string
  readonly value: number
  /** The unit of `value`: `calls/s`, `µs`, `MiB/s`, `MiB`. */
  readonly unit: string
  /** What it was measured against, in the same run; null for a figure that stands alone. */
  readonly against: string | null
  /** `value` over the figure of `against`: the median over the rounds. Null without `against`. */
  readonly ratio: number | null
  /** What the ratio (without `against`: the value) must reach or keep within; null for what is only told. */
  readonly target: Target | null
}

/** A bound, inclusive. */
export interface Target {
  readonly bound: "at least" | "at most"
  readonly number: number
}

export const atLeast = (number: number): Target => ({ bound: "at least", number })
export const atMost = (number: number): Target => ({ bound: "at most", number })

/** Whether the target is met; null where there is none. */
export const met = ({ ratio, target, value }: Result): boolean | null => {
  if (target === null) return null
  const figure = ratio ?? value
  return target.bound === "at least" ? figure >= target.number : figure <= target.number
}

/** As `--json` writes it: the target as its number alone. */
export const toJson = (result: Result) => ({
  ...result,
  target: result.target?.number ?? null,
  met: met(result)
})
