/**
 * A Worker that is a KMS: AWS KMS's API with Signature Version 4, for any AWS SDK.
 *
 * ```ts
 * export { KeysteadObject } from "@keystead/runtime-cloudflare/KeysteadObject"
 * export default worker()
 * ```
 */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import { AuditSink } from "@keystead/core/audit/AuditSink"
import * as Principal from "@keystead/core/domain/Principal"
import type { RecipientsError, RootKeyError } from "@keystead/core/Errors"
import * as Kms from "@keystead/core/Kms"
import { parseAccessKeys } from "@keystead/http/auth/AccessKeys"
import { type Authenticate, trustAll } from "@keystead/http/auth/Authenticate"
import { sigV4 } from "@keystead/http/auth/SigV4"
import { unread } from "@keystead/http/Endpoint"
import { check, type GateOptions } from "@keystead/http/Gate"
import { type Handler, handler } from "@keystead/http/Handler"
import * as Incoming from "@keystead/http/Incoming"
import { Refused } from "@keystead/http/Refused"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import { readEvents } from "./AuditTrail.ts"
import type { WorkerEnv } from "./Bindings.ts"
import { kmsOver, type ObjectOptions, overObjects } from "./CloudflareKms.ts"
import { CredentialsError } from "./CredentialsError.ts"

/** Whom the endpoint answers. */
export interface Trust {
  /**
   * "none": everybody who can reach it, as the root of the account. Say so only where nobody else can reach it. Otherwise
   * whoever signs with an access key of the secret `KEYSTEAD_CREDENTIALS`.
   */
  readonly auth?: "none"
  /** With `auth: "none"`, the account: twelve digits. */
  readonly account?: string
  /** Where a request names no Region; `us-east-1` by default. */
  readonly region?: string
  /** The Regions that answer; all, if none are named. */
  readonly regions?: ReadonlyArray<string>
}

/** How a Worker is a KMS. */
export interface WorkerOptions extends ObjectOptions, Trust, GateOptions {}

/** What a Worker's module exports by default. */
export interface KmsWorker {
  readonly fetch: (request: Request, env: WorkerEnv) => Promise<Response>
}

interface Opened {
  readonly answer: Handler
  readonly authenticate: Authenticate
}

const authentication = (
  { KEYSTEAD_CREDENTIALS: text }: WorkerEnv,
  { account = "111122223333", auth, region = "us-east-1", regions }: Trust
): Effect.Effect<Authenticate, CredentialsError> =>
  Effect.suspend(() => {
    if (auth === "none") return Effect.succeed(trustAll(account, region, regions))
    if (typeof text !== "string") return Effect.fail(CredentialsError.missing())
    const keys = parseAccessKeys(text)
    if (Result.isFailure(keys)) return Effect.fail(CredentialsError.malformed(keys.failure))
    return Effect.succeed(sigV4({
      credentials: (id) => Effect.succeed(keys.success.get(id)),
      defaultRegion: region,
      ...(regions === undefined ? {} : { regions })
    }))
  })

const open = (
  env: WorkerEnv,
  options: WorkerOptions
): Effect.Effect<Opened, RootKeyError | RecipientsError | CredentialsError> =>
  Effect.gen(function*() {
    const authenticate = yield* authentication(env, options)
    // It is open as long as the isolate is there.
    const layer = kmsOver(overObjects(env.KEYSTEAD, env.KEYSTEAD_ROOT_KEY, options), options)
    const services = yield* Layer.buildWithScope(layer, Scope.makeUnsafe())
    const audit = (event: AuditEvent) => Context.get(services, AuditSink).emit(event)
    const answer = handler(Context.get(services, Kms.Kms), { ...gateOf(options), authenticate, audit })
    return { answer, authenticate }
  })

const gateOf = ({ hosts, origins }: GateOptions): GateOptions => ({
  ...(hosts === undefined ? {} : { hosts }),
  ...(origins === undefined ? {} : { origins })
})

const fault = (): Response =>
  new Response(
    JSON.stringify({
      __type: "KMSInternalException",
      message: "The request failed for an internal reason. Try it again."
    }),
    { status: 500, headers: { "content-type": "application/x-amz-json-1.1" } }
  )

const refusal = (problem: Refused): Response => {
  const { body, headers, status } = unread(problem)
  return new Response(body ?? null, { status, headers })
}

const notRoot = () =>
  new Refused({ code: "AccessDeniedException", message: "The audit trail is for the account's root.", status: 403 })

/** `GET /audit?after=N`, signed as any call: a page of the account's audit trail as JSON lines, for the account's root. */
const auditTrail = (env: WorkerEnv, options: GateOptions, { authenticate }: Opened, request: Request) =>
  Effect.gen(function*() {
    const incoming = yield* Effect.promise(() => Incoming.fromRequest(request))
    const closed = check(incoming, options)
    if (closed !== undefined) return yield* closed
    const { caller } = yield* authenticate(incoming)
    const principal = Principal.parse(caller.principal)
    if (principal === undefined || Principal.rootOf(principal) !== caller.principal) return yield* notRoot()
    const after = Number(new URLSearchParams(incoming.query).get("after") ?? "0")
    const { entries, next } = yield* readEvents(
      env.KEYSTEAD,
      principal.account,
      Number.isInteger(after) ? { after } : {}
    )
    return new Response(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""), {
      headers: {
        "content-type": "application/jsonl",
        ...(next === undefined ? {} : { "keystead-next": String(next) })
      }
    })
  }).pipe(Effect.catchTag("Refused", (problem) => Effect.succeed(refusal(problem))))

const isAudit = (request: Request): boolean => request.method === "GET" && new URL(request.url).pathname === "/audit"

/**
 * A Worker that is a KMS. Its bindings are those of `WorkerEnv`. While one is missing or malformed it answers every request
 * with KMSInternalException, and says in its log what is wrong: RootKeyError, CredentialsError.
 */
export const worker = (options: WorkerOptions = {}): KmsWorker => {
  const known = new WeakMap<WorkerEnv, Opened>()

  const opened = (env: WorkerEnv) => {
    const found = known.get(env)
    return found === undefined
      ? Effect.tap(open(env, options), (made) => Effect.sync(() => known.set(env, made)))
      : Effect.succeed(found)
  }

  const answered = (request: Request, env: WorkerEnv) =>
    Effect.flatMap(opened(env), (made) =>
      isAudit(request)
        ? auditTrail(env, options, made, request)
        : Effect.promise(() => made.answer(request)))

  return {
    fetch: async (request, env) => {
      const exit = await Effect.runPromiseExit(answered(request, env))
      if (Exit.isSuccess(exit)) return exit.value
      await Effect.runPromise(Effect.logError("Keystead cannot answer", exit.cause))
      return fault()
    }
  }
}
