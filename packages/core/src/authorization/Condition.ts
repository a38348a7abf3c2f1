/**
 * The Condition element: all operators, and all keys of each, must hold.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators" (missing keys, IfExists, Null)
 * and "Set operators for multivalued context keys" (ForAllValues, ForAnyValue).
 */
import * as Result from "effect/Result"
import { elements, members, quote } from "./Json.ts"
import type { Matcher } from "./Matcher.ts"
import { operators } from "./Operator.ts"
import { type ContextValue, type RequestContext, valueOf } from "./RequestContext.ts"

/** Whether a condition holds in a request. */
export type Condition = (context: RequestContext) => boolean

/** How the values of a key take part: as one value, all of them, or any of them. */
type Quantifier = "One" | "ForAllValues" | "ForAnyValue"

interface OperatorName {
  readonly quantifier: Quantifier
  readonly base: string
  readonly ifExists: boolean
}

const operatorName = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/

const parseOperatorName = (name: string): OperatorName => {
  const [, set, base = "", ifExists] = operatorName.exec(name) ?? []
  const quantifier = set === "ForAllValues" || set === "ForAnyValue" ? set : "One"
  return { quantifier, base, ifExists: ifExists !== undefined }
}

/** A key that has no value at all is as good as missing. */
const valueIn = (context: RequestContext, key: string): Exclude<ContextValue, undefined> | undefined => {
  const value = valueOf(context, key)
  return value === undefined || value.length > 0 || typeof value === "string" ? value : undefined
}

const someFits = (value: string | ReadonlyArray<string>, matcher: Matcher, context: RequestContext): boolean => {
  if (typeof value === "string") return matcher(value, context)
  for (const one of value) {
    if (matcher(one, context)) return true
  }
  return false
}

const not = (matcher: Matcher): Matcher => (value, context) => !matcher(value, context)

/** Without a set operator. Of several values, which AWS leaves open, one that fits is enough, and negation means none. */
const one = (key: string, matcher: Matcher, negated: boolean, ifMissing: boolean): Condition => (context) => {
  const value = valueIn(context, key)
  return value === undefined ? ifMissing : someFits(value, matcher, context) !== negated
}

/** Some value holds. An empty text is an empty set, in which nothing holds. */
const forAnyValue = (key: string, holds: Matcher, ifMissing: boolean): Condition => (context) => {
  const value = valueIn(context, key)
  return value === undefined ? ifMissing : value !== "" && someFits(value, holds, context)
}

/** No value fails, and so of a missing key or an empty text none does. */
const forAllValues = (key: string, fails: Matcher): Condition => (context) => {
  const value = valueIn(context, key)
  return value === undefined || value === "" || !someFits(value, fails, context)
}

/** Whether the key is missing: `true` asks for that, `false` for a value. An empty text is no value here. */
const compileNull = (key: string, values: ReadonlyArray<string>): Result.Result<Condition, string> => {
  const wanted = new Set<boolean>()
  for (const value of values) {
    const lower = value.toLowerCase()
    if (lower !== "true" && lower !== "false") return Result.fail("a value must be true or false")
    wanted.add(lower === "true")
  }
  return Result.succeed((context) => {
    const value = valueIn(context, key)
    return wanted.has(value === undefined || value === "")
  })
}

/** KMS refuses these, in these words (AWS KMS Developer Guide, "AWS KMS condition keys"). */
const overlyPermissive =
  "OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition " +
  "key matches requests without the specified [encryption context or tag] or with an unspecified [encryption context " +
  "or tag]. To fix, remove ForAllValues."

const isSingleValued = (lowerCaseKey: string): boolean =>
  lowerCaseKey.startsWith("kms:encryptioncontext:") || lowerCaseKey.startsWith("aws:requesttag/")

const conditionKey = /^[^:]+:[^]+$/

const compileKey = (
  name: OperatorName,
  key: string,
  values: ReadonlyArray<string>,
  variables: boolean
): Result.Result<Condition, string> => {
  const lowerCaseKey = key.toLowerCase()
  if (!conditionKey.test(key)) return Result.fail("a condition key must begin with a service, as aws: or kms:")
  if (name.quantifier === "ForAllValues" && isSingleValued(lowerCaseKey)) return Result.fail(overlyPermissive)
  if (isNull(name)) return compileNull(lowerCaseKey, values)
  const operator = operators.get(name.base)
  if (operator === undefined) return Result.fail("there is no such condition operator")
  const { compile, negated } = operator
  return Result.map(compile(values, variables), (matcher) => {
    const ifMissing = name.ifExists || (negated && name.quantifier === "One")
    if (name.quantifier === "One") return one(lowerCaseKey, matcher, negated, ifMissing)
    const holds = negated ? not(matcher) : matcher
    return name.quantifier === "ForAnyValue"
      ? forAnyValue(lowerCaseKey, holds, ifMissing)
      : forAllValues(lowerCaseKey, not(holds))
  })
}

/** Null takes neither IfExists nor a set operator: it would ask of a missing key's values. */
const isNull = ({ base, ifExists, quantifier }: OperatorName): boolean =>
  base === "Null" && !ifExists && quantifier === "One"

/** Numbers and truth values may stand without quotation marks. */
const conditionValues = (value: unknown): Result.Result<ReadonlyArray<string>, string> => {
  const texts: Array<string> = []
  for (const element of elements(value)) {
    if (typeof element !== "string" && typeof element !== "number" && typeof element !== "boolean") {
      return Result.fail("a value must be a string, a number, or a boolean, or an array of them")
    }
    texts.push(String(element))
  }
  return Result.succeed(texts)
}

const compileOperator = (name: string, keys: unknown, variables: boolean) =>
  Result.gen(function*() {
    const byKey = members(keys)
    if (byKey === undefined) return yield* Result.fail(`Condition ${quote(name)} must be an object of condition keys.`)
    const parsed = parseOperatorName(name)
    if (!isNull(parsed) && !operators.has(parsed.base)) {
      return yield* Result.fail(`Condition ${quote(name)}: there is no such condition operator.`)
    }
    const conditions: Array<Condition> = []
    for (const [key, value] of byKey) {
      const compiled = Result.flatMap(conditionValues(value), (values) => compileKey(parsed, key, values, variables))
      conditions.push(
        yield* Result.mapError(compiled, (problem) => `Condition ${quote(name)}, key ${quote(key)}: ${problem}`)
      )
    }
    return conditions
  })

/**
 * Compiles a Condition element; all of the conditions must hold. Fails with what is wrong with it.
 *
 * @param variables - whether the policy's version knows policy variables
 */
export const compile = (block: unknown, variables: boolean): Result.Result<ReadonlyArray<Condition>, string> =>
  Result.gen(function*() {
    const byOperator = members(block)
    if (byOperator === undefined) return yield* Result.fail("Condition must be an object of condition operators.")
    const conditions: Array<Condition> = []
    for (const [name, keys] of byOperator) conditions.push(...(yield* compileOperator(name, keys, variables)))
    return conditions
  })
