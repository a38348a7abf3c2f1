/** What each runtime runs for these tests: it answers requests, which are JSON, with JSON. */
import { type Capabilities, type RuntimeName, runtimes } from "@keystead/conformance/behaviour/Capabilities"
import { suite } from "@keystead/conformance/behaviour/Suite"
import * as Setting from "@keystead/conformance/trace/Setting"
import * as Trace from "@keystead/conformance/trace/Trace"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { judge, type Opening, targetOf } from "./Target.ts"

/** A trace to run, by primitives of this name. */
export interface TraceRequest {
  readonly layer: string
  readonly calls: number
  readonly show?: number
}

/** What a program is asked: a trace, or to judge the runtime's own Keystead. */
export type Request = TraceRequest | "suite"

/** A runtime's own primitives, what they are called in the table, and how it opens its Keystead. */
export interface Host extends Opening {
  readonly runtime: RuntimeName
  readonly layer: string
  readonly primitives: Setting.Primitives
}

/** What hosts compute with that know `crypto.subtle`. */
export const web = {
  layer: "webcrypto",
  primitives: {
    crypto: (randomBytes: (length: number) => Uint8Array) => Layer.orDie(WebCrypto.layerWith(randomBytes)),
    kinds: webKinds
  }
}

const trace = async (host: Host, { layer, ...options }: TraceRequest): Promise<Trace.Traced> => {
  if (layer !== "noble" && layer !== host.layer) throw new Error(`There is no layer ${layer} here`)
  const primitives = layer === "noble" ? Setting.noble : host.primitives
  return await Effect.runPromise(Trace.run({ primitives, ...options }))
}

const judged = async (host: Host) => {
  const can: Capabilities = runtimes[host.runtime].can
  const target = await targetOf(host)
  try {
    return await judge(suite(can), target)
  } finally {
    await target.close()
  }
}

/** Answers a request. */
export const answer = async (host: Host, text: string): Promise<string> => {
  const request: Request = JSON.parse(text)
  return JSON.stringify(request === "suite" ? await judged(host) : await trace(host, request))
}
