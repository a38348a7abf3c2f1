/**
 * The same as web streams: what a `TransformStream` is made of.
 *
 * These give the transformer and leave `new TransformStream(transformer)` to the host, so that the core neither names a
 * DOM type nor chooses between a host's own streams and someone else's:
 *
 * ```ts
 * file.stream().pipeThrough(new TransformStream(sealTransformer(options, runtime.runPromise)))
 * ```
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Crypto } from "../crypto/Crypto.ts"
import { opening, type OpenStreamOptions, sealing, type SealStreamOptions } from "./Envelope.ts"
import type { Machine, Making } from "./Machine.ts"

/** The controller that a `TransformStream` gives to its transformer: the part of it that is used. */
export interface ByteController {
  readonly enqueue: (bytes: Uint8Array) => void
}

/** A transformer of bytes, as the constructor of `TransformStream` takes it. */
export interface ByteTransformer {
  readonly start: () => Promise<void>
  readonly transform: (bytes: Uint8Array, controller: ByteController) => Promise<void>
  readonly flush: (controller: ByteController) => Promise<void>
  /** Called by the host when either side is given up. */
  readonly cancel: () => Promise<void>
}

/** Runs an effect that needs these services, and rejects with its error: `ManagedRuntime`'s `runPromise`. */
export type Run<R> = <A, E>(effect: Effect.Effect<A, E, R>) => Promise<A>

const transformer = <E, R>(making: Making<E, R>, run: Run<R>): ByteTransformer => {
  const scope = Scope.makeUnsafe()
  const close = Scope.close(scope, Exit.void)
  let machine: Machine<E, R> | undefined
  const ready = Effect.suspend(() =>
    machine === undefined ? Effect.die("The stream was not started") : Effect.succeed(machine)
  )

  /** Passes on what there is; the secrets are overwritten as soon as anything fails. */
  const attempt = <A>(effect: Effect.Effect<A, E, R>): Promise<A> => run(Effect.onError(effect, () => close))

  const drain = Effect.fnUntraced(function*(machine: Machine<E, R>, controller: ByteController) {
    for (;;) {
      const output = yield* machine.drain
      if (output.length === 0) return
      output.forEach((piece) => controller.enqueue(piece))
    }
  })

  return {
    start: async () => {
      machine = await attempt(Scope.provide(making, scope))
    },
    transform: (bytes, controller) =>
      attempt(Effect.flatMap(ready, (machine) => {
        machine.push(bytes)
        return drain(machine, controller)
      })),
    flush: (controller) =>
      attempt(Effect.gen(function*() {
        const machine = yield* ready
        yield* drain(machine, controller)
        const last = yield* machine.finish
        last.forEach((piece) => controller.enqueue(piece))
        yield* close
      })),
    cancel: () => run(close)
  }
}

/** A transformer from plaintext to message. Runs with services that the runtime has. */
export const sealTransformer = <E, R>(options: SealStreamOptions<E, R>, run: Run<R | Crypto>): ByteTransformer =>
  transformer(sealing(options), run)

/** A transformer from message to plaintext: see `openStream` for what may be done with it before it ends. */
export const openTransformer = <E, R>(options: OpenStreamOptions<E, R>, run: Run<R | Crypto>): ByteTransformer =>
  transformer(opening(options), run)
