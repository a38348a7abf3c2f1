/** The services of a Keystead that a host opens for programs without Effect. */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Explain from "../Explain.ts"
import * as Kms from "../Kms.ts"

/** What is open, until it is closed; `R` is what the host's layer gives beside the Kms service and Explain. */
export interface Opened<R> {
  readonly kms: Kms.Kms["Service"]
  readonly explain: Explain.Explain["Service"]
  /** Runs an effect with the services, and rejects with its error. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Kms.Kms | Explain.Explain | R>) => Promise<A>
  /** Persists what fell due. Nobody waits for it: a failure shows at the next call, with its reason. */
  readonly look: () => void
  /** Overwrites what is unwrapped, and closes the store. */
  readonly close: () => Promise<void>
}

/**
 * Opens the services of a layer. If they cannot be had it rejects with the layer's error; what a layer opened before it failed it
 * closes itself.
 */
export const open = async <R, E>(layer: Layer.Layer<Kms.Kms | Explain.Explain | R, E>): Promise<Opened<R>> => {
  const runtime = ManagedRuntime.make(layer)
  const [kms, explain] = await runtime.runPromise(Effect.all([Kms.Kms, Explain.Explain]))
  return {
    kms,
    explain,
    run: (effect) => runtime.runPromise(effect),
    look: () => void runtime.runPromise(kms.maintain).catch(() => undefined),
    close: () => runtime.dispose()
  }
}
