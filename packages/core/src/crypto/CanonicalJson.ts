/** One text for each JSON value: members sorted by name (UTF-16 code units, as RFC 8785 has it), and no white space. */
import type { Json } from "../storage/Storage.ts"

export const canonicalJson = (value: Json): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`
  const members: ReadonlyArray<readonly [string, Json]> = Object.entries(value).toSorted(byName)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(",")}}`
}

/** `Array.isArray` does not tell TypeScript that a readonly list is one. */
const isList = (value: object): value is ReadonlyArray<Json> => Array.isArray(value)

/** No two members of an object have the same name. */
const byName = ([left]: readonly [string, Json], [right]: readonly [string, Json]) => left < right ? -1 : 1
