/**
 * What turns the bytes of a plaintext into those of a message, or back, in steps: the common shape of sealing and
 * opening. How the bytes come and go is nothing to it: streams of Effect and web streams drive it.
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Most input bytes that one step works on; a frame that is longer is worked on as a whole. It bounds the output that
 * waits to be taken, however much input is there at once.
 */
export const stepLength = 1024 * 1024

/** A transformation of bytes. Its secrets are overwritten when the scope that it was made in closes. */
export interface Machine<E, R> {
  /** Gives it input, to keep: the bytes may not be changed before `finish` has run. */
  readonly push: (bytes: Uint8Array) => void
  /** Works on the input, a step at a time. No output means that it needs more input. */
  readonly drain: Effect.Effect<ReadonlyArray<Uint8Array>, E, R>
  /** The last output, after all input was given and drained. */
  readonly finish: Effect.Effect<ReadonlyArray<Uint8Array>, E, R>
}

/** A machine that is yet to be made, in a scope of its driver's. */
export type Making<E, R> = Effect.Effect<Machine<E, R>, E, R | Scope.Scope>
