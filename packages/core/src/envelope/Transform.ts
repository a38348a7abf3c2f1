/** Drives a machine from a stream of Effect. */
import * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Machine, Making } from "./Machine.ts"

/** One pull of the output: drain what is there, else pull more input, and at its end finish, once. */
const pullOf = <E, R, E2, R2>(
  machine: Machine<E, R>,
  input: Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, E2, void, R2>
): Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, E | E2, void, R | R2> => {
  let ended = false
  const feed = Pull.catchDone(
    Effect.map(input, (pieces): boolean => {
      pieces.forEach((piece) => machine.push(piece))
      return true
    }),
    () => Effect.succeed(false)
  )
  return Effect.gen(function*() {
    while (!ended) {
      const output = yield* machine.drain
      if (Arr.isReadonlyArrayNonEmpty(output)) return output
      if (yield* feed) continue
      ended = true
      const last = yield* machine.finish
      if (Arr.isReadonlyArrayNonEmpty(last)) return last
    }
    return yield* Cause.done()
  })
}

/** A function from streams to streams of bytes, that may fail with E besides what its input fails with. */
export type ByteTransform<E, R> = <E2, R2>(
  input: Stream.Stream<Uint8Array, E2, R2>
) => Stream.Stream<Uint8Array, E | E2, R | R2>

/**
 * The input, transformed. Memory is bounded by the input's own pieces and the machine's frames. The machine's secrets are
 * overwritten when the stream ends, fails, or is left early.
 */
export const transform = <E, R>(making: Making<E, R>): ByteTransform<E, R> => (input) =>
  Stream.transformPullBracket(
    input,
    (pull, _scope, forked) => Effect.map(Scope.provide(making, forked), (machine) => pullOf(machine, pull))
  )
