/**
 * A root key that can be replaced while it is used. Each call has one root key from its beginning to its end: to turn to
 * another, those that are under way are waited for, and those that come wait, for as long as one commit takes.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Semaphore from "effect/Semaphore"
import type { RootKeyUses, StoreRootKey } from "../crypto/RootKey.ts"
import type { Version } from "../storage/Storage.ts"

/** The root key that a store is written under, and the one that it is replacing. */
export interface Standing {
  readonly current: RootKeyUses
  readonly former?: RootKeyUses
  /** The version of the record that tells of them. */
  readonly recorded: Version
}

/** A root key that can be replaced. */
export interface HeldRootKey {
  /** What the services of a Keystead use. */
  readonly rootKey: StoreRootKey
  readonly standing: () => Standing
  /** Turns to what the effect answers, which no call is under way beside. It stays as it is if that fails. */
  readonly turn: <E, R>(next: Effect.Effect<Standing, E, R>) => Effect.Effect<void, E, R>
}

/** Holds a root key. */
export const hold = (initial: Standing): HeldRootKey => {
  let standing = initial
  let calls = 0
  const gate = Latch.makeUnsafe(true)
  const idle = Latch.makeUnsafe(true)
  const turns = Semaphore.makeUnsafe(1)

  const enter = Effect.sync(() => {
    calls++
    idle.closeUnsafe()
  })
  const leave = () =>
    Effect.sync(() => {
      if (--calls === 0) idle.openUnsafe()
    })
  const during = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() =>
      gate.isOpen()
        ? Effect.acquireUseRelease(enter, () => call, leave)
        : Effect.andThen(gate.await, during(call))
    )

  const turn = <E, R>(next: Effect.Effect<Standing, E, R>): Effect.Effect<void, E, R> =>
    turns.withPermit(
      Effect.acquireUseRelease(
        gate.close,
        () =>
          Effect.andThen(
            idle.await,
            Effect.uninterruptible(Effect.map(next, (turned) => {
              standing = turned
            }))
          ),
        () => gate.open
      )
    )

  const rootKey: StoreRootKey = {
    wrap: (plaintext, aad) => standing.current.wrap(plaintext, aad),
    unwrap: (wrapped, aad) => {
      const { current, former } = standing
      const opened = current.unwrap(wrapped, aad)
      return former === undefined ? opened : Effect.catchTag(opened, "NotAuthentic", () => former.unwrap(wrapped, aad))
    },
    mac: (data) => standing.current.mac(data),
    get former() {
      return standing.former
    },
    get recorded() {
      return standing.recorded
    },
    during
  }
  return { rootKey, standing: () => standing, turn }
}
