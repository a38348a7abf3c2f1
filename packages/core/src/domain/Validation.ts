/** Turns a schema's failure into the ValidationException that AWS would answer. */
import type * as SchemaIssue from "effect/SchemaIssue"
import { ValidationException } from "../Errors.ts"
import { needBytes } from "./Members.ts"
import { isSecret } from "./SecretMembers.ts"
import { uncapitalize } from "./Uncapitalize.ts"

/** A constraint that a member failed, and where. */
interface Failed {
  readonly steps: ReadonlyArray<PropertyKey>
  readonly constraint: string
}

/** What the part of a schema says of values that it refuses. Structures, which are many, say nothing of their own. */
const constraintOf = (annotations: { readonly message?: unknown } | undefined): string =>
  typeof annotations?.message === "string" ? annotations.message : "Member must be an object"

const failed = (issue: SchemaIssue.Issue, steps: ReadonlyArray<PropertyKey>): ReadonlyArray<Failed> => {
  switch (issue._tag) {
    case "Composite":
      return issue.issues.flatMap((part) => failed(part, steps))
    case "Pointer":
      return failed(issue.issue, [...steps, ...issue.path])
    case "MissingKey":
      return [{ steps, constraint: "Member must not be null" }]
    case "Filter":
      return [{ steps, constraint: constraintOf(issue.filter.annotations) }]
    default:
      return [{ steps, constraint: constraintOf("ast" in issue ? issue.ast.annotations : issue.annotations) }]
  }
}

/**
 * AWS's words: how many constraints failed, and for each the value (strings and numbers only: never bytes, nor
 * what stands where bytes belong, nor a secret), the member and the constraint. Source: replies of AWS KMS, gathered in kms-semantics 2.13.
 */
export const failure = (issue: SchemaIssue.Issue, input: unknown): ValidationException => {
  const all = failed(issue, [])
  const failures = all.slice(0, mostTold).map(({ constraint, steps }) => {
    const hidden = constraint === needBytes || steps.length === 0 || steps.some(isSecret)
    const value = hidden ? "Value" : valueAt(input, steps)
    return `${value} at '${memberPath(steps)}' failed to satisfy constraint: ${constraint}`
  })
  const count = all.length === 1 ? "1 validation error" : `${all.length} validation errors`
  return new ValidationException({ message: `${count} detected: ${failures.join("; ")}` })
}

/** So many failures are told, however many there are: a short request can have a great many, and says them once. */
const mostTold = 100

/** `Tags[0].TagKey` is `tags.1.member.tagKey` in AWS's words. */
const memberPath = (steps: ReadonlyArray<PropertyKey>): string =>
  steps.length === 0
    ? "request"
    : steps.map((step) => typeof step === "number" ? `${step + 1}.member` : uncapitalize(cut(String(step)))).join(".")

/** Values, and the keys of maps, are quoted to help, but not beyond this many characters. */
const longestQuote = 256

const cut = (text: string): string => text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text

const valueAt = (input: unknown, steps: ReadonlyArray<PropertyKey>): string => {
  let value = input
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return "Value null"
    value = Reflect.get(value, step)
  }
  if (typeof value === "string" || typeof value === "number") return `Value '${cut(String(value))}'`
  return value === null || value === undefined ? "Value null" : "Value"
}
