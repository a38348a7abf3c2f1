/** A clock that tests move: deletion windows and rotations pass at once. */
import { type Answer, type Endpoint, unread } from "@keystead/http/Endpoint"
import * as Gate from "@keystead/http/Gate"
import type { Incoming } from "@keystead/http/Incoming"
import { type Refused, refused } from "@keystead/http/Refused"
import type { Clock } from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** A clock that runs as the host's does, so much apart from it as it was moved. */
export interface MovableClock extends Clock {
  /** The milliseconds since 1970 that it shall show now. */
  readonly set: (millis: number) => void
}

/** A clock over another; they agree until it is moved. */
export const over = (host: Clock): MovableClock => {
  let offset = 0
  const millis = () => host.currentTimeMillisUnsafe() + offset
  const nanos = () => host.currentTimeNanosUnsafe() + BigInt(offset) * 1_000_000n
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => host.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: host.monotonicTimeNanos,
    sleep: (duration) => host.sleep(duration),
    set: (to) => {
      offset = Math.round(to - host.currentTimeMillisUnsafe())
    }
  }
}

/** Where the clock is read and moved. */
export const path = "/_keystead/clock"

/** The end of the year 9999: dates of JSON and ISO 8601 go no further. */
const last = 253_402_300_799

const seconds = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: last }))

const Move = Schema.Union([Schema.Struct({ advance: seconds }), Schema.Struct({ set: seconds })])

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(Move), { onExcessProperty: "error" })

const wanted = () =>
  refused(
    "SerializationException",
    `Send {"advance": SECONDS} or {"set": SECONDS_SINCE_1970}, as application/json, to a time before the year 10000.`
  )

const moved = (request: Incoming, now: number): Result.Result<number, Refused> => {
  const type = request.header("content-type")?.split(";")[0]?.trim().toLowerCase()
  const move = decode(new TextDecoder().decode(request.body))
  if (type !== "application/json" || Result.isFailure(move)) return Result.fail(wanted())
  const to = "set" in move.success ? move.success.set * 1000 : now + move.success.advance * 1000
  return to > last * 1000 ? Result.fail(wanted()) : Result.succeed(to)
}

/**
 * An endpoint that also answers `GET` and `POST /_keystead/clock`, with `{ "now": SECONDS_SINCE_1970 }`. What a move makes
 * fall due has happened when it answers.
 */
export const withClock = (
  clock: MovableClock,
  maintain: () => Promise<void>,
  gate: Gate.GateOptions,
  endpoint: Endpoint
): Endpoint => {
  const answer = (): Answer => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ now: clock.currentTimeMillisUnsafe() / 1000 })
  })

  return async (request) => {
    if (request.path !== path) return endpoint(request)
    const problem = Gate.check(request, gate)
    if (problem !== undefined) return unread(problem)
    if (request.method === "GET") return answer()
    const to = request.method === "POST" ? moved(request, clock.currentTimeMillisUnsafe()) : Result.fail(wanted())
    if (Result.isFailure(to)) return unread(to.failure)
    clock.set(to.success)
    await maintain()
    return answer()
  }
}
