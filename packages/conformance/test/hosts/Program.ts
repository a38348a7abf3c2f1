/** What each runtime runs for these tests: it answers requests, which are JSON, with JSON. */
import * as Setting from "@keystead/conformance/trace/Setting"
import * as Trace from "@keystead/conformance/trace/Trace"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** A trace to run, by primitives of this name. */
export interface Request {
  readonly layer: string
  readonly calls: number
  readonly show?: number
}

/** A host's own primitives, and what they are called in the table. */
export interface Host {
  readonly layer: string
  readonly primitives: Setting.Primitives
}

/** What hosts have that know `crypto.subtle`. */
export const web: Host = {
  layer: "webcrypto",
  primitives: { crypto: (randomBytes) => Layer.orDie(WebCrypto.layerWith(randomBytes)), kinds: webKinds }
}

/** Answers a request. */
export const answer = async (host: Host, request: string): Promise<string> => {
  const { layer, ...options }: Request = JSON.parse(request)
  if (layer !== "noble" && layer !== host.layer) throw new Error(`There is no layer ${layer} here`)
  const primitives = layer === "noble" ? Setting.noble : host.primitives
  return JSON.stringify(await Effect.runPromise(Trace.run({ primitives, ...options })))
}
