/**
 * OpenTelemetry of an endpoint: a span, a count and a duration for each call, sent where the environment variable
 * OTEL_EXPORTER_OTLP_ENDPOINT says. The other variables of OpenTelemetry's specification count too.
 */
import { registry } from "@keystead/core/operations/Registry"
import type { Asked } from "@keystead/http/Endpoint"
import { Refused } from "@keystead/http/Refused"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as OtlpMetrics from "effect/observability/OtlpMetrics"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as OtlpTracer from "effect/observability/OtlpTracer"

/** What the specification has where the environment says nothing. Effect would send nothing then. */
const exporters = { OTEL_TRACES_EXPORTER: "otlp", OTEL_METRICS_EXPORTER: "otlp" }

const resource = { serviceName: "keystead" }

/** Sends spans and metrics as JSON; what is left is sent at the end. */
export const layer = Layer.mergeAll(
  OtlpTracer.layerFromConfig({ resource }),
  OtlpMetrics.layerFromConfig({ resource })
).pipe(
  Layer.provide(OtlpSerialization.layerJson),
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(ConfigProvider.layerAdd(ConfigProvider.fromUnknown(exporters)))
)

const calls = Metric.counter("keystead.calls", { description: "Calls, by operation and outcome", incremental: true })

const durations = Metric.histogram("keystead.call.duration", {
  description: "Milliseconds that calls took",
  boundaries: [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
})

/** Clients may name anything: only names that there are may make spans and series of their own. */
const nameOf = ({ operation }: Asked): string =>
  operation !== undefined && Object.hasOwn(registry, operation) ? operation : "unknown"

const errorOf = (cause: Cause.Cause<unknown>): string => {
  const error = cause.reasons.find(Cause.isFailReason)?.error
  if (error instanceof Refused) return error.code
  return error instanceof Error ? error.name : "KMSInternalException"
}

/** Messages of errors name keys and aliases: a span that failed would hold them, so that it is told apart by its attribute. */
const outcome = <A, E>([duration, exit]: readonly [Duration.Duration, Exit.Exit<A, E>], operation: string) => {
  const attributes = { operation, error: Exit.isSuccess(exit) ? "none" : errorOf(exit.cause) }
  return Effect.all([
    Metric.update(Metric.withAttributes(calls, attributes), 1),
    Metric.update(Metric.withAttributes(durations, attributes), Duration.toMillis(duration)),
    Exit.isSuccess(exit) ? Effect.void : Effect.annotateCurrentSpan("error.type", errorOf(exit.cause))
  ])
}

/** A call that shows in both. Neither holds anything of the request but its operation, its error's name, and its id. */
export const observed = <A, E>(call: Effect.Effect<A, E>, asked: Asked): Effect.Effect<A, E> => {
  const operation = nameOf(asked)
  return Effect.timed(Effect.exit(call)).pipe(
    Effect.tap((timed) => outcome(timed, operation)),
    Effect.withSpan(`KMS.${operation}`, {
      kind: "server",
      attributes: {
        "rpc.system": "aws-api",
        "rpc.service": "KMS",
        "rpc.method": operation,
        "aws.request_id": asked.requestId
      }
    }),
    Effect.flatMap(([, exit]) => exit)
  )
}
