/**
 * Policies as people read them: each statement with its parts, and each condition with its operator, key and values.
 * What decides about requests is compiled to functions, which cannot be shown; this reads the text again, for those who
 * ask why.
 */
import * as Result from "effect/Result"
import * as Condition from "./Condition.ts"
import { elements, members } from "./Json.ts"
import type { PolicyDocument } from "./Policy.ts"
import { compile, type Label, type PolicyKind, type Statement } from "./Statement.ts"

/** What a condition says. */
export type ConditionText = {
  /** With its set operator and IfExists: `ForAnyValue:StringLike`. */
  readonly operator: string
  /** The condition key, as the policy spells it. */
  readonly key: string
  /** What the policy wants it to be. */
  readonly wanted: ReadonlyArray<string>
}

/** A condition, in words and compiled. */
export interface DescribedCondition extends ConditionText {
  readonly holds: Condition.Condition
}

/** A statement, in words and compiled. */
export interface DescribedStatement {
  readonly label: Label
  readonly effect: Statement["effect"]
  /** Undefined for one without an effect: a key policy's without Action or Resource. */
  readonly statement: Statement | undefined
  readonly conditions: ReadonlyArray<DescribedCondition>
}

/** One member, whose name may be anything: `__proto__` too. */
const member = (name: string, value: unknown): unknown => Object.fromEntries([[name, value]])

const describeCondition = (operator: string, key: string, value: unknown, variables: boolean): DescribedCondition => {
  const compiled = Result.getOrThrow(Condition.compile(member(operator, member(key, value)), variables))
  return {
    operator,
    key,
    wanted: elements(value).map(String),
    holds: (context) => compiled.every((one) => one(context))
  }
}

const describeConditions = (block: unknown, variables: boolean): ReadonlyArray<DescribedCondition> =>
  [...members(block) ?? []].flatMap(([operator, keys]) =>
    [...members(keys) ?? []].map(([key, value]) => describeCondition(operator, key, value, variables))
  )

/** The statements of a policy, in their order. */
export const describe = ({ kind, text }: PolicyDocument<PolicyKind>): ReadonlyArray<DescribedStatement> => {
  // It was read before, so that nothing of it can be wrong.
  const json = members(JSON.parse(text))
  const variables = json?.get("Version") === "2012-10-17"
  return elements(json?.get("Statement")).map((element, index) => {
    const parts = members(element)
    const sid = parts?.get("Sid")
    return {
      label: typeof sid === "string" ? { index, sid } : { index },
      effect: parts?.get("Effect") === "Deny" ? "Deny" : "Allow",
      statement: Result.getOrThrow(compile(element, index, kind, variables)),
      conditions: describeConditions(parts?.get("Condition"), variables)
    }
  })
}
