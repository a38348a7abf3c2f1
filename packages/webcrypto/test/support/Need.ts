/** What checks are made of where no test framework runs. */
import * as Effect from "effect/Effect"

/** Dies with the problem unless it is so. */
export const need = (condition: boolean, problem: string): Effect.Effect<void> =>
  condition ? Effect.void : Effect.die(new Error(problem))

/** Whether the bytes are the same. */
export const same = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at])
