/**
 * AWS KMS as it answers over HTTP, on requests that were read whole, whatever server they come from.
 *
 * `POST` speaks AWS JSON 1.1 as AWS KMS does. `GET /health` says that the endpoint is there, to anybody.
 */
import type { Kms } from "@keystead/core/Kms"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { call, type CallOptions, nameOf } from "./Call.ts"
import * as Gate from "./Gate.ts"
import type { Incoming } from "./Incoming.ts"
import { type Refused, refused } from "./Refused.ts"
import * as Reply from "./Reply.ts"

/** Which request a call belongs to. */
export interface Asked {
  readonly requestId: string
  /** The operation that was asked for, if the request names one; whether there is such an operation is not known yet. */
  readonly operation: string | undefined
}

/** What became of a request, for whoever logs or measures. It holds no secret. */
export interface Served extends Asked {
  readonly status: number
  /** The error's name, if it failed. */
  readonly error: string | undefined
  /** Milliseconds from the request's last byte to the reply. */
  readonly duration: number
}

/** How an endpoint answers. */
export interface EndpointOptions extends CallOptions, Gate.GateOptions {
  /** How many requests are answered at a time; those beyond get a ThrottlingException. 1,000 by default. */
  readonly concurrency?: number
  /** Is told of each request when it is served. */
  readonly served?: (served: Served) => void
  /** Is given what was no typed error, with which a reply says only that there was one. By default it goes to Effect's log. */
  readonly defect?: (cause: Cause.Cause<unknown>) => void
  /** Runs the calls: to give them another clock, a tracer, or metrics. `Effect.runPromiseExit` by default. */
  readonly run?: <A, E>(call: Effect.Effect<A, E>, asked: Asked) => Promise<Exit.Exit<A, E>>
}

/** A reply, ready to be sent. */
export interface Answer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Undefined where a reply may have none. */
  readonly body: string | undefined
}

/** A function from requests to answers. It never rejects. */
export type Endpoint = (request: Incoming) => Promise<Answer>

const throttled = () => refused("ThrottlingException", "Rate exceeded")

const health: Answer = { status: 200, headers: { "content-type": "application/json" }, body: `{"status":"ok"}` }

/** The answer to a request that could not even be read. */
export const unread = (problem: Refused): Answer => {
  const { body, status } = Reply.ofFailure(Cause.fail(problem))
  return { status, body, headers: { "content-type": Reply.mediaType } }
}

const answering = (kms: Kms["Service"], options: EndpointOptions) => {
  const { concurrency = 1000, run = Effect.runPromiseExit } = options
  let answered = 0

  const failed = (cause: Cause.Cause<unknown>): Reply.Reply => {
    const reply = Reply.ofFailure(cause)
    if (reply.status === 500) {
      if (options.defect === undefined) Effect.runFork(Effect.logError("A request failed", cause))
      else options.defect(cause)
    }
    return reply
  }

  return async (request: Incoming, asked: Asked): Promise<Reply.Reply> => {
    const problem = Gate.check(request, options) ?? (answered >= concurrency ? throttled() : undefined)
    if (problem !== undefined) return failed(Cause.fail(problem))
    answered++
    try {
      const exit = await run(call(kms, request, asked.requestId, options), asked)
      return Exit.isSuccess(exit) ? Reply.success(exit.value) : failed(exit.cause)
    } catch (error) {
      return failed(Cause.die(error))
    } finally {
      answered--
    }
  }
}

/** The endpoint of a Keystead. */
export const endpoint = (kms: Kms["Service"], options: EndpointOptions): Endpoint => {
  const answer = answering(kms, options)

  return async (request) => {
    if (request.method === "GET" && request.path === "/health") return health
    const origin = Gate.allowedOrigin(request, options)
    if (request.method === "OPTIONS" && origin !== undefined && Gate.check(request, options) === undefined) {
      return { status: 204, headers: Gate.preflightHeaders(origin, request), body: undefined }
    }
    const asked: Asked = { requestId: globalThis.crypto.randomUUID(), operation: nameOf(request) }
    const start = performance.now()
    const { body, error, status } = await answer(request, asked)
    options.served?.({ ...asked, status, error, duration: performance.now() - start })
    return {
      status,
      headers: {
        "content-type": Reply.mediaType,
        "x-amzn-requestid": asked.requestId,
        ...Gate.corsHeaders(origin)
      },
      body
    }
  }
}
