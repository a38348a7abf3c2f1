/**
 * The condition operators of IAM, by name. `Null` is apart: it asks whether a key is there, not what it is worth.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
 */
import { arnLike } from "./ArnPattern.ts"
import { type Compile, exactly, exactlyIgnoringCase, like } from "./Matcher.ts"
import { binary, bool, comparisons, date, ipAddress, numeric } from "./Scalar.ts"

export interface Operator {
  /** What the values are compared by. */
  readonly compile: Compile
  /** Whether the condition holds where no value fits, instead of where one does. */
  readonly negated: boolean
}

const positive = (compile: Compile): Operator => ({ compile, negated: false })
const negative = (compile: Compile): Operator => ({ compile, negated: true })

/** All operators but Null. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ["StringEquals", positive(exactly)],
  ["StringNotEquals", negative(exactly)],
  ["StringEqualsIgnoreCase", positive(exactlyIgnoringCase)],
  ["StringNotEqualsIgnoreCase", negative(exactlyIgnoringCase)],
  ["StringLike", positive(like)],
  ["StringNotLike", negative(like)],
  ["NumericEquals", positive(numeric(comparisons.Equals))],
  ["NumericNotEquals", negative(numeric(comparisons.Equals))],
  ["NumericLessThan", positive(numeric(comparisons.LessThan))],
  ["NumericLessThanEquals", positive(numeric(comparisons.LessThanEquals))],
  ["NumericGreaterThan", positive(numeric(comparisons.GreaterThan))],
  ["NumericGreaterThanEquals", positive(numeric(comparisons.GreaterThanEquals))],
  ["DateEquals", positive(date(comparisons.Equals))],
  ["DateNotEquals", negative(date(comparisons.Equals))],
  ["DateLessThan", positive(date(comparisons.LessThan))],
  ["DateLessThanEquals", positive(date(comparisons.LessThanEquals))],
  ["DateGreaterThan", positive(date(comparisons.GreaterThan))],
  ["DateGreaterThanEquals", positive(date(comparisons.GreaterThanEquals))],
  ["Bool", positive(bool)],
  ["BinaryEquals", positive(binary)],
  ["IpAddress", positive(ipAddress)],
  ["NotIpAddress", negative(ipAddress)],
  // AWS documents that the two names of each pair behave identically.
  ["ArnEquals", positive(arnLike)],
  ["ArnLike", positive(arnLike)],
  ["ArnNotEquals", negative(arnLike)],
  ["ArnNotLike", negative(arnLike)]
])
