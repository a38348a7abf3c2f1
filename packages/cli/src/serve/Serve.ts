/** An endpoint that serves a store until it is told to stop. */
import { Kms } from "@keystead/core/Kms"
import type { Authenticate } from "@keystead/http/auth/Authenticate"
import { type Asked, endpoint, type Served } from "@keystead/http/Endpoint"
import * as NodeKms from "@keystead/runtime-node/NodeKms"
import * as XksProvider from "@keystead/xks/XksProvider"
import type * as Cause from "effect/Cause"
import { Clock } from "effect/Clock"
import * as Console from "effect/Console"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Stdio from "effect/Stdio"
import * as Failure from "../Failure.ts"
import * as AuditFile from "./AuditFile.ts"
import * as Authentication from "./Authentication.ts"
import * as Loopback from "./Loopback.ts"
import * as MovableClock from "./MovableClock.ts"
import * as Server from "./Server.ts"
import { Stopped } from "./Stopped.ts"

/** What to serve, where, and to whom. */
export interface ServeOptions extends Omit<Authentication.AuthenticationOptions, "directory" | "tell"> {
  readonly store: NodeKms.NodeKmsOptions
  readonly server: Server.ServerOptions
  /** Whether its clock can be moved. */
  readonly movable: boolean
  /** The origins whose pages may ask. */
  readonly origins: ReadonlyArray<string>
  /** The file that audit events go to, if any. */
  readonly audit: string | undefined
  /** Whether each request is told on standard error. */
  readonly log: boolean
}

type Tell = Authentication.AuthenticationOptions["tell"]

/** Spans and metrics, if the environment asks for them. Otherwise nothing of it is even loaded. */
const telemetry = Effect.suspend(() =>
  (process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "") === ""
    ? Effect.undefined
    : Effect.promise(() => import("./Telemetry.ts"))
)

const logLine = ({ duration, error, operation, requestId, status }: Served): string =>
  JSON.stringify({
    time: new Date().toISOString(),
    requestId,
    operation: operation ?? null,
    status,
    error: error ?? null,
    milliseconds: Math.round(duration * 1000) / 1000
  })

/** Closed by a fiber of its own: one that was interrupted, as at a stop, would send nothing any more. */
const apart = Effect.acquireRelease(
  Scope.make(),
  (scope) => Effect.promise(() => Effect.runPromise(Scope.close(scope, Exit.void)))
)

/** Runs calls with a clock, and observed if somebody wants to see them. */
const runner = Effect.fnUntraced(function*(clock: Clock) {
  const loaded = yield* telemetry
  const context = Context.add(yield* Effect.context(), Clock, clock)
  if (loaded === undefined) {
    const run = Effect.runPromiseExitWith(context)
    return <A, E>(call: Effect.Effect<A, E>) => run(call)
  }
  const run = Effect.runPromiseExitWith(Context.merge(context, yield* Layer.buildWithScope(loaded.layer, yield* apart)))
  return <A, E>(call: Effect.Effect<A, E>, asked: Asked) => run(loaded.observed(call, asked))
})

/** An endpoint as the options say, and what it needs. */
interface Answering {
  readonly options: ServeOptions
  readonly authenticate: Authenticate
  readonly audit: AuditFile.Audit | undefined
  readonly tell: Tell
}

const answering = Effect.fnUntraced(function*({ audit, authenticate, options, tell }: Answering) {
  const kms = yield* Kms
  // What needs no signature is for this machine alone: neither other names lead there, nor pages of the web.
  const hosts = { hosts: Loopback.namesOf(options.server.host) }
  const clock = MovableClock.over(yield* Clock)
  const run = yield* runner(clock)
  const failed = (cause: Cause.Cause<unknown>) => tell(Failure.ofCause(cause).line)
  const maintain = Effect.catchCause(kms.maintain, (cause) => Effect.sync(() => failed(cause))).pipe(
    Effect.provideService(Clock, clock)
  )
  yield* Effect.forkScoped(Effect.repeat(maintain, Schedule.spaced("1 minute")))
  const answer = endpoint(kms, {
    authenticate,
    run,
    defect: failed,
    origins: options.origins,
    ...(options.auth === "none" ? hosts : {}),
    ...(audit === undefined ? {} : { audit: (event) => Effect.promise(() => audit(event)) }),
    ...(options.log ? { served: (served) => tell(logLine(served)) } : {})
  })
  if (!options.movable) return answer
  return MovableClock.withClock(clock, () => Effect.runPromise(Effect.asVoid(maintain)), hosts, answer)
})

const serving = Effect.fnUntraced(function*(options: ServeOptions, audit: AuditFile.Audit | undefined, tell: Tell) {
  const stopped = yield* Stopped
  const isTerminal = yield* (yield* Stdio.Stdio).stderrIsTerminal
  const directory = options.store.directory
  const { authenticate, greeting } = yield* Authentication.make({ ...options, directory, tell })
  const answer = yield* answering({ options, authenticate, audit, tell })
  const { stop, url } = yield* Server.listen(answer, options.server)
  const said = greeting(url, isTerminal)
  if (said !== undefined) tell(said)
  yield* Console.log(`listening on ${url}`)
  return yield* Effect.onInterrupt(
    Effect.never,
    () => Effect.andThen(stop, Effect.sync(() => void (stopped.noted = true)))
  )
})

/** Serves. It ends by being interrupted, and notes in Stopped when all is done. */
export const serve = (options: ServeOptions) =>
  Effect.gen(function*() {
    const console = yield* Console.Console
    const tell: Tell = (line) => console.error(line)
    // Opened first and closed last: the store's own end is audited, too.
    const audit = options.audit === undefined ? undefined : yield* AuditFile.open(options.audit, tell)
    const store = { ...options.store, keyStores: XksProvider.layer(), ...(audit === undefined ? {} : { audit }) }
    return yield* Effect.provide(Effect.scoped(serving(options, audit, tell)), NodeKms.layer(store))
  }).pipe(Effect.scoped)
