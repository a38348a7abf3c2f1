/**
 * Patterns of ARNs. The six parts of an ARN, between its first five colons, are compared one by one, so that a wildcard
 * never reaches from one part into the next.
 *
 * Source: IAM User Guide, "IAM JSON policy elements: Condition operators", ARN condition operators.
 */
import * as Result from "effect/Result"
import * as Glob from "./Glob.ts"
import type { Compile, Matcher } from "./Matcher.ts"
import { each } from "./Matcher.ts"
import * as Template from "./Template.ts"

const colon = ":".charCodeAt(0)

/** Splits a pattern at its first five colons; nothing if it has fewer. */
const partsOf = (glob: Glob.Glob): ReadonlyArray<Glob.Glob> | undefined => {
  const parts: Array<Glob.Glob> = []
  let start = 0
  while (parts.length < 5) {
    const end = glob.indexOf(colon, start)
    if (end === -1) return undefined
    parts.push(glob.slice(start, end))
    start = end + 1
  }
  return [...parts, glob.slice(start)]
}

const matchesParts = (parts: ReadonlyArray<Glob.Glob>, arn: string): boolean => {
  let start = 0
  for (const [index, part] of parts.entries()) {
    const end = index === 5 ? arn.length : arn.indexOf(":", start)
    if (end === -1 || !Glob.matches(part, arn, start, end)) return false
    start = end + 1
  }
  return true
}

const compileOne = (pattern: string, variables: boolean): Result.Result<Matcher, string> =>
  Result.flatMap(Template.parse(pattern, variables), (template) => {
    const text = Template.plainText(template)
    if (text === undefined) {
      return Result.succeed<Matcher>((value, context) => {
        const glob = Template.toGlob(template, context)
        const parts = glob === undefined ? undefined : partsOf(glob)
        return parts !== undefined && matchesParts(parts, value)
      })
    }
    const parts = partsOf(Glob.fromPattern(text))
    return parts === undefined
      ? Result.fail("an ARN must have six parts, between five colons")
      : Result.succeed<Matcher>((value) => matchesParts(parts, value))
  })

/** The value is an ARN that matches one of the patterns, which may hold policy variables. */
export const arnLike: Compile = each(compileOne)
