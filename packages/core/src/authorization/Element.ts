/**
 * The elements Action, NotAction, Resource and NotResource.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Action" and "… Resource".
 */
import * as Result from "effect/Result"
import * as Glob from "./Glob.ts"
import { quote } from "./Json.ts"
import { anyOf, type Matcher, templatePattern } from "./Matcher.ts"
import type { RequestContext } from "./RequestContext.ts"
import * as Template from "./Template.ts"

/** The actions of a statement, compiled. Names of actions are in lower case, as their case does not count. */
export interface Actions {
  /** NotAction: all but these. */
  readonly negated: boolean
  readonly names: ReadonlySet<string>
  /** What names must begin with: `kms:` for `kms:*`, nothing for `*`. */
  readonly beginnings: ReadonlyArray<string>
  readonly patterns: ReadonlyArray<Glob.Glob>
}

const action = /^(?:\*|[a-z0-9*?-]+:[a-z0-9*?]+)$/

/** Compiles Action or NotAction; fails with what is wrong with it. */
export const compileActions = (texts: ReadonlyArray<string>, negated: boolean): Result.Result<Actions, string> => {
  const names = new Set<string>()
  const beginnings: Array<string> = []
  const patterns: Array<Glob.Glob> = []
  for (const text of texts) {
    const lower = text.toLowerCase()
    if (!action.test(lower)) {
      return Result.fail(`${quote(text)} must be * or have the form service:action, as kms:Encrypt`)
    }
    const beginning = lower.slice(0, -1)
    if (!Glob.hasWildcard(lower)) names.add(lower)
    else if (lower.endsWith("*") && !Glob.hasWildcard(beginning)) beginnings.push(beginning)
    else patterns.push(Glob.fromPattern(lower))
  }
  return Result.succeed({ negated, names, beginnings, patterns })
}

const isListed = ({ beginnings, names, patterns }: Actions, lowerCaseAction: string): boolean => {
  if (names.has(lowerCaseAction)) return true
  for (const beginning of beginnings) {
    if (lowerCaseAction.startsWith(beginning)) return true
  }
  for (const pattern of patterns) {
    if (Glob.matches(pattern, lowerCaseAction)) return true
  }
  return false
}

/** Whether the statement speaks of the action, given in lower case. */
export const hasAction = (actions: Actions, lowerCaseAction: string): boolean =>
  isListed(actions, lowerCaseAction) !== actions.negated

/** The resources of a statement, compiled. */
export interface Resources {
  /** NotResource: all but these. */
  readonly negated: boolean
  readonly matcher: Matcher
}

/** An ARN of fewer than six parts means any value of the parts left out. */
const completed = (pattern: string): string => `${pattern}${":*".repeat(Math.max(0, 6 - pattern.split(":").length))}`

const compileResource = (text: string, variables: boolean): Result.Result<Matcher, string> =>
  Result.gen(function*() {
    if (text !== "*" && !text.startsWith("arn:")) return yield* Result.fail("must be * or an ARN")
    const template = yield* Template.parse(text, variables)
    const plain = Template.plainText(template)
    if (plain !== undefined) return templatePattern([{ _tag: "Text", text: plain === "*" ? plain : completed(plain) }])
    if (text.slice(0, text.indexOf("${")).split(":").length < 6) {
      return yield* Result.fail("policy variables belong after the fifth colon of an ARN")
    }
    return templatePattern(template)
  })

/**
 * Compiles Resource or NotResource; fails with what is wrong with it.
 *
 * As in IAM, a `*` may reach over colons: `arn:aws:kms:*:111122223333:key/*` names the keys of all Regions.
 */
export const compileResources = (
  texts: ReadonlyArray<string>,
  negated: boolean,
  variables: boolean
): Result.Result<Resources, string> =>
  Result.map(
    Result.all(
      texts.map((text) => Result.mapError(compileResource(text, variables), (problem) => `${quote(text)}: ${problem}`))
    ),
    (matchers) => ({ negated, matcher: anyOf(matchers) })
  )

/** Whether the statement speaks of the resource. */
export const hasResource = ({ matcher, negated }: Resources, arn: string, context: RequestContext): boolean =>
  matcher(arn, context) !== negated
