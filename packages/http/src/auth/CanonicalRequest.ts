/**
 * The canonical form of a request, which its signature is made over.
 *
 * Source: AWS IAM user guide, "Create a signed AWS API request", "Create a canonical request".
 */
import type { Incoming } from "../Incoming.ts"
import type { Hashes } from "./Hashes.ts"

/** RFC 3986's unreserved characters stay, all others become percent and two hexadecimal digits. */
const uriEncode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** Each part of the path is encoded once more than it came. */
const canonicalPath = (path: string): string =>
  path === "" || path === "/" ? "/" : path.split("/").map(uriEncode).join("/")

const compare = (left: string, right: string): number => left < right ? -1 : left > right ? 1 : 0

/** A percent-encoded text in the one form that all encodings of it have; as it is if it is no encoding. */
const reencoded = (text: string): string => {
  try {
    return uriEncode(decodeURIComponent(text.replaceAll("+", "%20")))
  } catch {
    return uriEncode(text)
  }
}

const canonicalQuery = (query: string): string => {
  if (query === "") return ""
  const pairs = query.split("&").map((pair): readonly [string, string] => {
    const equals = pair.indexOf("=")
    return equals < 0
      ? [reencoded(pair), ""]
      : [reencoded(pair.slice(0, equals)), reencoded(pair.slice(equals + 1))]
  })
  return pairs
    .filter(([name]) => name !== "X-Amz-Signature")
    .toSorted(([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join("&")
}

const canonicalHeader = (value: string): string => {
  const trimmed = value.trim()
  return trimmed.includes("  ") ? trimmed.replaceAll(/ {2,}/g, " ") : trimmed
}

/** The hash of the canonical request, in hexadecimal digits. A signed header that is not there counts as empty. */
export const hashOf = (request: Incoming, signedHeaders: ReadonlyArray<string>, hashes: Hashes): string => {
  let canonical = `${request.method}\n${canonicalPath(request.path)}\n${canonicalQuery(request.query)}\n`
  for (const name of signedHeaders) canonical += `${name}:${canonicalHeader(request.header(name) ?? "")}\n`
  return hashes.sha256Hex(`${canonical}\n${signedHeaders.join(";")}\n${hashes.sha256Hex(request.body)}`)
}
