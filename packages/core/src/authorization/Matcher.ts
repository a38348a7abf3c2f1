/** Tests of one text against the texts of a policy, made when the policy is parsed. */
import * as Result from "effect/Result"
import * as Glob from "./Glob.ts"
import type { RequestContext } from "./RequestContext.ts"
import * as Template from "./Template.ts"

/** Whether a value of the request fits what the policy says. Neither throws nor parses anything of the policy. */
export type Matcher = (value: string, context: RequestContext) => boolean

const never: Matcher = () => false

/** Fits what one of the matchers fits. */
export const anyOf = (matchers: ReadonlyArray<Matcher>): Matcher => {
  const [first, ...others] = matchers
  if (first === undefined) return never
  if (others.length === 0) return first
  return (value, context) => {
    for (const matcher of matchers) {
      if (matcher(value, context)) return true
    }
    return false
  }
}

/** Makes one matcher of all the values that a policy gives; fails with what is wrong with one of them. */
export type Compile = (values: ReadonlyArray<string>, variables: boolean) => Result.Result<Matcher, string>

/** Compiles each value on its own. */
export const each =
  (compile: (value: string, variables: boolean) => Result.Result<Matcher, string>): Compile => (values, variables) =>
    Result.map(Result.all(values.map((value) => compile(value, variables))), anyOf)

/** The value is exactly the text; `fold` is applied to both sides. */
const equals = (fold: (text: string) => string): Compile => (values, variables) =>
  Result.map(Result.all(values.map((value) => Template.parse(value, variables))), (templates) => {
    const constants = new Set<string>()
    const others: Array<Matcher> = []
    for (const template of templates) {
      const text = Template.plainText(template)
      if (text !== undefined) constants.add(fold(text))
      else {
        others.push((value, context) => {
          const text = Template.toText(template, context)
          return text !== undefined && fold(text) === fold(value)
        })
      }
    }
    return anyOf([(value) => constants.has(fold(value)), ...others])
  })

/** The value is one of the texts, which may hold policy variables. */
export const exactly: Compile = equals((text) => text)

/** The value is one of the texts but for case. */
export const exactlyIgnoringCase: Compile = equals((text) => text.toLowerCase())

/** A pattern without variables, in its cheapest form. */
const fixedPattern = (pattern: string): Matcher => {
  if (pattern === "*") return () => true
  if (!Glob.hasWildcard(pattern)) return (value) => value === pattern
  const beginning = pattern.slice(0, -1)
  if (pattern.endsWith("*") && !Glob.hasWildcard(beginning)) return (value) => value.startsWith(beginning)
  const glob = Glob.fromPattern(pattern)
  return (value) => Glob.matches(glob, value)
}

/** The value matches the template as a pattern: `*` and `?` are wildcards in the author's text. */
export const templatePattern = (template: Template.Template): Matcher => {
  const text = Template.plainText(template)
  if (text !== undefined) return fixedPattern(text)
  return (value, context) => {
    const glob = Template.toGlob(template, context)
    return glob !== undefined && Glob.matches(glob, value)
  }
}

/** The value matches one of the patterns, which may hold policy variables. */
export const like: Compile = each((value, variables) => Result.map(Template.parse(value, variables), templatePattern))
