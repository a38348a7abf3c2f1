/**
 * One statement of a policy, compiled.
 *
 * Source: IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
 */
import * as Result from "effect/Result"
import * as Condition from "./Condition.ts"
import { type Actions, compileActions, compileResources, hasAction, hasResource, type Resources } from "./Element.ts"
import { members, quote, strings } from "./Json.ts"
import * as PrincipalElement from "./PrincipalElement.ts"
import type { RequestContext } from "./RequestContext.ts"

/** Key policies say whom they speak of; identity policies speak of whom they are attached to. */
export type PolicyKind = "KeyPolicy" | "IdentityPolicy"

/** By what a statement is known. */
export type Label = {
  /** Its place in the policy, from 0. */
  readonly index: number
  readonly sid?: string
}

/** A statement that has an effect. */
export interface Statement {
  readonly label: Label
  readonly effect: "Allow" | "Deny"
  /** In a key policy only. */
  readonly principals: PrincipalElement.Principals | undefined
  readonly actions: Actions
  readonly resources: Resources
  readonly conditions: ReadonlyArray<Condition.Condition>
}

/** Whether the statement speaks of the action (in lower case) on the resource, under the conditions of the request. */
export const applies = (
  { actions, conditions, resources }: Statement,
  lowerCaseAction: string,
  resource: string,
  context: RequestContext
): boolean => {
  if (!hasAction(actions, lowerCaseAction) || !hasResource(resources, resource, context)) return false
  for (const holds of conditions) {
    if (!holds(context)) return false
  }
  return true
}

type Members = ReadonlyMap<string, unknown>

const known: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition"
])

/** One of the two elements, or neither: never both. */
const either = (
  statement: Members,
  name: string
): Result.Result<{ element: unknown; negated: boolean } | undefined, string> => {
  const [plain, negated] = [statement.has(name), statement.has(`Not${name}`)]
  if (plain && negated) return Result.fail(`${name} and Not${name} exclude each other.`)
  if (!plain && !negated) return Result.succeed(undefined)
  return Result.succeed({ element: statement.get(negated ? `Not${name}` : name), negated })
}

const compilePrincipals = (statement: Members, kind: PolicyKind, effect: Statement["effect"]) =>
  Result.gen(function*() {
    const found = yield* either(statement, "Principal")
    if (kind === "IdentityPolicy") {
      return found === undefined
        ? undefined
        : yield* Result.fail("An identity policy has no Principal: it speaks of whom it is attached to.")
    }
    if (found === undefined) return yield* Result.fail("A statement of a key policy needs a Principal.")
    const { element, negated } = found
    if (negated && effect === "Allow") {
      return yield* Result.fail(`NotPrincipal is only for "Effect": "Deny". Name those who are allowed, as Principal.`)
    }
    const name = negated ? "NotPrincipal" : "Principal"
    return yield* Result.mapError(PrincipalElement.compile(element, negated), (problem) => `${name}: ${problem}.`)
  })

/** Action or Resource. In a key policy, AWS KMS takes a statement without, and it has no effect. */
const listOf = <Compiled>(
  statement: Members,
  name: "Action" | "Resource",
  kind: PolicyKind,
  compile: (texts: ReadonlyArray<string>, negated: boolean) => Result.Result<Compiled, string>
) =>
  Result.gen(function*() {
    const found = yield* either(statement, name)
    if (found === undefined) {
      return kind === "KeyPolicy" ? undefined : yield* Result.fail(`${name} is missing.`)
    }
    const { element, negated } = found
    const compiled = Result.flatMap(strings(element), (texts) => compile(texts, negated))
    return yield* Result.mapError(compiled, (problem) => `${negated ? "Not" : ""}${name}: ${problem}.`)
  })

const compileMembers = (statement: Members, label: Label, kind: PolicyKind, variables: boolean) =>
  Result.gen(function*() {
    for (const name of statement.keys()) {
      if (!known.has(name)) return yield* Result.fail(`${quote(name)} is no element of a statement.`)
    }
    const effect = statement.get("Effect")
    if (effect !== "Allow" && effect !== "Deny") return yield* Result.fail(`Effect must be "Allow" or "Deny".`)
    const principals = yield* compilePrincipals(statement, kind, effect)
    const actions = yield* listOf(statement, "Action", kind, compileActions)
    const resources = yield* listOf(
      statement,
      "Resource",
      kind,
      (texts, negated) => compileResources(texts, negated, variables)
    )
    const block = statement.get("Condition")
    const conditions = statement.has("Condition") ? yield* Condition.compile(block, variables) : []
    if (actions === undefined || resources === undefined) return undefined
    return { label, effect, principals, actions, resources, conditions } satisfies Statement
  })

/**
 * Compiles a statement; `undefined` is one without an effect. Fails with a sentence that says where and what is wrong.
 *
 * @param variables - whether the policy's version knows policy variables
 */
export const compile = (
  json: unknown,
  index: number,
  kind: PolicyKind,
  variables: boolean
): Result.Result<Statement | undefined, string> =>
  Result.gen(function*() {
    const place = `Statement[${index}]`
    const statement = members(json)
    if (statement === undefined) return yield* Result.fail(`${place} must be an object.`)
    const sid = statement.get("Sid")
    if (sid !== undefined && typeof sid !== "string") return yield* Result.fail(`${place}: Sid must be a string.`)
    const label: Label = sid === undefined ? { index } : { index, sid }
    return yield* Result.mapError(
      compileMembers(statement, label, kind, variables),
      (problem) => `${place}${sid === undefined ? "" : ` ${quote(sid)}`}: ${problem}`
    )
  })
