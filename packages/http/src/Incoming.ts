/** A request as this package looks at it, wherever it came from. */
import { Refused } from "./Refused.ts"

/** A request, read whole. */
export interface Incoming {
  readonly method: string
  /** The path of its target, percent-encoded as it came, such as `/`. */
  readonly path: string
  /** What follows the question mark, percent-encoded as it came; empty if nothing does. */
  readonly query: string
  /** A header by its name in lower case; undefined if it is not there. */
  readonly header: (name: string) => string | undefined
  readonly body: Uint8Array
}

/** The longest body that is read: 1 MiB. The longest request of AWS KMS is a fraction of that. */
export const longestBody = 1024 * 1024

/** The refusal of a longer one. */
export const tooLong = (): Refused =>
  new Refused({
    code: "RequestEntityTooLargeException",
    message: `The request is longer than ${longestBody} bytes.`,
    status: 413
  })

/** Reads a body piece by piece, no further than it may be long. */
const readPieces = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  let length = 0
  // In Safari streams cannot be iterated over.
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length
    if (length > longestBody) {
      await reader.cancel()
      throw tooLong()
    }
    pieces.push(next.value)
  }
  const body = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    body.set(piece, at)
    at += piece.length
  }
  return body
}

/** Firefox's requests have no stream of their body, whatever their type says. */
const streamOf = ({ body }: { readonly body?: Request["body"] }) => body

const readBody = async (request: Request): Promise<Uint8Array> => {
  const stream = streamOf(request)
  if (stream === null) return new Uint8Array(0)
  const announced = request.headers.get("content-length")
  if (announced === null && stream !== undefined) return readPieces(stream)
  if (announced !== null && !(Number(announced) <= longestBody)) throw tooLong()
  // Hosts take no more than was announced, and give it in one piece faster.
  const body = new Uint8Array(await request.arrayBuffer())
  if (body.length > longestBody) throw tooLong()
  return body
}

/** Reads a web-standard request. Rejects with Refused if its body is too long. */
export const fromRequest = async (request: Request): Promise<Incoming> => {
  const { host, pathname, search } = new URL(request.url)
  return {
    method: request.method,
    path: pathname,
    query: search.slice(1),
    // Some hosts keep this header to themselves, and tell it in the URL alone.
    header: (name) => request.headers.get(name) ?? (name === "host" ? host : undefined),
    body: await readBody(request)
  }
}
