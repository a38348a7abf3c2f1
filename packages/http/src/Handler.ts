/**
 * AWS KMS over HTTP, on web-standard types only: a function from a request to its reply, for any server, any worker, or
 * none.
 *
 * `POST` speaks AWS JSON 1.1 as AWS KMS does. `GET /health` says that the endpoint is there, to anybody.
 */
import type { Kms } from "@keystead/core/Kms"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { call, type CallOptions, nameOf } from "./Call.ts"
import * as Gate from "./Gate.ts"
import * as Incoming from "./Incoming.ts"
import { Refused, refused } from "./Refused.ts"
import * as Reply from "./Reply.ts"

/** What became of a request, for whoever logs or measures. It holds no secret. */
export interface Served {
  readonly requestId: string
  /** The operation that was asked for, if the request names one. */
  readonly operation: string | undefined
  readonly status: number
  /** The error's name, if it failed. */
  readonly error: string | undefined
  /** Milliseconds from the request's last byte to the reply. */
  readonly duration: number
}

/** How an endpoint answers. */
export interface HandlerOptions extends CallOptions, Gate.GateOptions {
  /** How many requests are answered at a time; those beyond get a ThrottlingException. 1,000 by default. */
  readonly concurrency?: number
  /** Is told of each request when it is served. */
  readonly served?: (served: Served) => void
  /** Is given what was no typed error, with which a reply says only that there was one. By default it goes to Effect's log. */
  readonly defect?: (cause: Cause.Cause<unknown>) => void
  /** Runs the calls: to give them another clock, a tracer, or metrics. `Effect.runPromiseExit` by default. */
  readonly run?: <A, E>(call: Effect.Effect<A, E>) => Promise<Exit.Exit<A, E>>
}

/** A function from requests to replies. It never rejects. */
export type Handler = (request: Request) => Promise<Response>

const throttled = () => refused("ThrottlingException", "Rate exceeded")

const response = ({ body, status }: Reply.Reply, headers: Readonly<Record<string, string>>): Response =>
  new Response(body, { status, headers })

/** Answers requests that are read whole: for callers that have no `Request`. */
export const answering = (kms: Kms["Service"], options: HandlerOptions) => {
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

  const answer = async (request: Incoming.Incoming, requestId: string): Promise<Reply.Reply> => {
    if (answered >= concurrency) return failed(Cause.fail(throttled()))
    answered++
    try {
      const exit = await run(call(kms, request, requestId, options))
      return Exit.isSuccess(exit) ? Reply.success(exit.value) : failed(exit.cause)
    } finally {
      answered--
    }
  }

  return async (request: Incoming.Incoming): Promise<Reply.Reply & { readonly requestId: string }> => {
    const requestId = globalThis.crypto.randomUUID()
    const start = performance.now()
    const problem = Gate.check(request, options)
    const reply = problem === undefined ? await answer(request, requestId) : failed(Cause.fail(problem))
    options.served?.({
      requestId,
      operation: nameOf(request),
      status: reply.status,
      error: reply.error,
      duration: performance.now() - start
    })
    return { ...reply, requestId }
  }
}

const unreadable = (error: unknown) =>
  error instanceof Refused ? error : refused("MalformedHttpRequestException", "The request could not be read.")

/** The endpoint of a Keystead. */
export const handler = (kms: Kms["Service"], options: HandlerOptions): Handler => {
  const answer = answering(kms, options)

  return async (request) => {
    if (request.method === "GET" && new URL(request.url).pathname === "/health") {
      return response({ status: 200, body: `{"status":"ok"}` }, { "content-type": "application/json" })
    }
    try {
      const incoming = await Incoming.fromRequest(request)
      const origin = Gate.allowedOrigin(incoming, options)
      if (request.method === "OPTIONS" && origin !== undefined) {
        return new Response(null, { status: 204, headers: Gate.preflightHeaders(origin, incoming) })
      }
      const { requestId, ...reply } = await answer(incoming)
      return response(reply, {
        "content-type": Reply.mediaType,
        "x-amzn-requestid": requestId,
        ...Gate.corsHeaders(origin)
      })
    } catch (error) {
      return response(Reply.ofFailure(Cause.fail(unreadable(error))), { "content-type": Reply.mediaType })
    }
  }
}
