/** The services of a Keystead that is opened here, for programs without Effect. */
import * as Explain from "@keystead/core/Explain"
import * as Kms from "@keystead/core/Kms"
import type * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type BrowserKmsOptions, layer } from "./BrowserKms.ts"
import { RootKeyReplacement } from "./RootKeyChoice.ts"

/** What is open, until it is closed. */
export interface Opened {
  readonly kms: Kms.Kms["Service"]
  readonly explain: Explain.Explain["Service"]
  readonly replacement: RootKeyReplacement["Service"]
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
  /** Persists what fell due. Nobody waits for it: a failure shows at the next call, with its reason. */
  readonly look: () => void
  readonly close: () => Promise<void>
}

/** Opens the store. If it cannot be used, it is closed again. */
export const open = async (options: BrowserKmsOptions): Promise<Opened> => {
  const runtime = ManagedRuntime.make(layer(options))
  try {
    const kms = await runtime.runPromise(Kms.Kms)
    return {
      kms,
      explain: await runtime.runPromise(Explain.Explain),
      replacement: await runtime.runPromise(RootKeyReplacement),
      run: runtime.runPromise,
      look: () => void runtime.runPromise(kms.maintain).catch(() => undefined),
      close: () => runtime.dispose()
    }
  } catch (error) {
    await runtime.dispose()
    throw error
  }
}
