/** What must be overwritten when the work on a message is over, however it ends. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** Collects secrets, and overwrites them all at once. */
export class Secrets {
  #wipes: Array<() => void> = []

  /** Keeps bytes, to overwrite them. */
  add(bytes: Uint8Array): void {
    this.onWipe(() => bytes.fill(0))
  }

  /** Does this too when the secrets are overwritten. */
  onWipe(wipe: () => void): void {
    this.#wipes.push(wipe)
  }

  /** Overwrites everything. */
  wipe(): void {
    const wipes = this.#wipes
    this.#wipes = []
    wipes.forEach((wipe) => wipe())
  }
}

/** Secrets that are overwritten when the scope closes. */
export const inScope: Effect.Effect<Secrets, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => new Secrets()),
  (secrets) => Effect.sync(() => secrets.wipe())
)
