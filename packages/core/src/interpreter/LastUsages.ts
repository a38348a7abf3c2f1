/**
 * What takes note of when keys were last used. The interpreter tells it of every call that succeeded;
 * `interpreter/UsageNotes.ts` is it, and a Keystead without the group of GetKeyLastUsage has none.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { LastUsage } from "../domain/LastUsage.ts"
import type { LoadedKey, LoadError, Operation } from "../operations/Operation.ts"
import type { Parts } from "./LoadKey.ts"

/** What there is to note of a call that succeeded. */
export interface Used {
  readonly operation: Operation
  /** When and as which request. */
  readonly asked: { readonly now: number; readonly requestId: string }
  readonly keys: ReadonlyArray<LoadedKey>
}

/** What takes note of when keys were last used. */
export interface LastUsages {
  /** From when on it has taken note, in milliseconds since 1970. */
  readonly since: number
  /** Takes note of a call, in memory. Whether there is so much of it that it should be persisted. */
  readonly note: (call: Used) => boolean
  /** What is noted of the key with this ARN and not persisted. */
  readonly noted: (arn: string) => LastUsage | undefined
  /** Persists what is noted. */
  readonly persist: (parts: Parts) => Effect.Effect<void, LoadError>
}

/** Nobody takes note, unless a group says who. */
export const LastUsages: Context.Reference<LastUsages> = Context.Reference(
  "@keystead/core/interpreter/LastUsages",
  {
    defaultValue: (): LastUsages => ({
      since: 0,
      note: () => false,
      noted: () => undefined,
      persist: () => Effect.void
    })
  }
)
