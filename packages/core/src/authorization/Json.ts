/** Reading what JSON.parse made. Objects become maps, so that no member name (`__proto__`) has a meaning of its own. */
import * as Result from "effect/Result"

/** The members of a JSON object; nothing for any other value. */
export const members = (value: unknown): ReadonlyMap<string, unknown> | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : undefined

/** The elements of an array, or the value alone: the policy language takes either wherever it takes several. */
export const elements = (value: unknown): ReadonlyArray<unknown> => Array.isArray(value) ? value : [value]

/** A string, or an array of strings. */
export const strings = (value: unknown): Result.Result<ReadonlyArray<string>, string> => {
  const texts: Array<string> = []
  for (const element of elements(value)) {
    if (typeof element !== "string") return Result.fail("must be a string or an array of strings")
    texts.push(element)
  }
  return Result.succeed(texts)
}

const longestName = 64

/** A name of the document, for a message: in quotation marks, and cut where it goes on for too long. */
export const quote = (name: string): string =>
  JSON.stringify(name.length > longestName ? `${name.slice(0, longestName)}…` : name)
