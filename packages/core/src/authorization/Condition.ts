/**
 * The Condition element: all operators, and all keys of each, must hold.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Condition", "Condition operators" (missing keys, IfExists, Null)
 * and "Set operators for multivalued context keys" (ForAllValues, ForAnyValue).
 */
import * as Result from "effect/Result"
import { elements, members, quote } from "./Json.ts"
import type { Matcher } from "./Matcher.ts"
import { type Operator, operators } from "./Operator.ts"
import { type ContextValue, type RequestContext, valueOf } from "./RequestContext.ts"

/** Whether a condition holds in a request. */
export type Condition = (context: RequestContext) => boolean

/** How the values of a key take part: as one value, all of them, or any of them. */
type Quantifier = "One" | "ForAllValues" | "ForAnyValue"

const operatorName = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/

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
  "or tag]. To fix, remove ForAllValues"

const isSingleValued = (key: string): boolean =>
  key.startsWith("kms:encryptioncontext:") || key.startsWith("aws:requesttag/")

/** Makes the condition of one key, given in lower case, and the policy's values for it. */
type CompileKey = (key: string, values: ReadonlyArray<string>, variables: boolean) => Result.Result<Condition, string>

const quantified = ({ compile, negated }: Operator, quantifier: Quantifier, ifExists: boolean): CompileKey =>
(
  key,
  values,
  variables
) => {
  if (quantifier === "ForAllValues" && isSingleValued(key)) return Result.fail(overlyPermissive)
  return Result.map(compile(values, variables), (matcher) => {
    if (quantifier === "One") return one(key, matcher, negated, negated || ifExists)
    const [holds, fails] = negated ? [not(matcher), matcher] : [matcher, not(matcher)]
    return quantifier === "ForAnyValue" ? forAnyValue(key, holds, ifExists) : forAllValues(key, fails)
  })
}

/** Nothing, if there is no such operator. Null takes neither IfExists nor a set operator: it asks of no value. */
const compilerOf = (name: string): CompileKey | undefined => {
  if (name === "Null") return compileNull
  const [, set, base = "", ifExists] = operatorName.exec(name) ?? []
  const operator = operators.get(base)
  const quantifier = set === "ForAllValues" || set === "ForAnyValue" ? set : "One"
  return operator === undefined ? undefined : quantified(operator, quantifier, ifExists !== undefined)
}

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

const conditionKey = /^[^:]+:[^]+$/

const compileOperator = (name: string, keys: unknown, variables: boolean) =>
  Result.gen(function*() {
    const compile = compilerOf(name)
    if (compile === undefined) return yield* Result.fail(`Condition: ${quote(name)} is no condition operator.`)
    const byKey = members(keys)
    if (byKey === undefined) return yield* Result.fail(`Condition ${quote(name)} must be an object of condition keys.`)
    const conditions: Array<Condition> = []
    for (const [key, value] of byKey) {
      const compiled = conditionKey.test(key)
        ? Result.flatMap(conditionValues(value), (values) => compile(key.toLowerCase(), values, variables))
        : Result.fail("a condition key must begin with the name of a service, as in aws:SourceIp")
      const place = `Condition ${quote(name)}, ${quote(key)}`
      conditions.push(yield* Result.mapError(compiled, (problem) => `${place}: ${problem}.`))
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
