/** Lends unwrapped key material that is ready for use, and keeps it within bounds for whoever asks next. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { KeyMaterial, KeyRecord } from "../domain/KeyRecord.ts"
import type { IntegrityError } from "../Errors.ts"
import * as WipingCache from "./WipingCache.ts"

/** Whose material it is. */
export type Owner = Pick<KeyRecord, "account" | "region" | "keyId" | "externalKey">

/** Unwraps a material for as long as `prepare` takes, and overwrites it then. */
export type Unwrap = <Prepared>(
  owner: Owner,
  material: KeyMaterial,
  prepare: (secret: Uint8Array) => Effect.Effect<Prepared>
) => Effect.Effect<Prepared, IntegrityError>

/** Lends what is made of materials. */
export interface Lender<Prepared> {
  /** Lends what `prepare` makes of the material, for the length of one effect. */
  readonly lend: <A, E, R>(
    owner: Owner,
    material: KeyMaterial,
    prepare: (secret: Uint8Array) => Effect.Effect<Prepared>,
    borrow: (prepared: Prepared) => Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | IntegrityError, R>
  /** Overwrites what was unwrapped too long ago; `now` in milliseconds. */
  readonly expire: (now: number) => void
  /** Overwrites everything. */
  readonly clear: () => void
}

/** A lender whose things are overwritten with `wipe` when they leave its cache. */
export const make = <Prepared>(
  unwrap: Unwrap,
  bounds: WipingCache.Bounds,
  wipe: (prepared: Prepared) => void
): Lender<Prepared> => {
  const cache = WipingCache.make<Prepared>(bounds, wipe)
  return {
    lend: (owner, material, prepare, borrow) =>
      Effect.suspend(() => {
        const key = `${owner.account}/${owner.region}/${owner.keyId}/${material.id}`
        let lent: WipingCache.Entry<Prepared> | undefined
        const add = (now: number) =>
          Effect.uninterruptible(
            Effect.map(unwrap(owner, material, prepare), (made) => lent = cache.add(key, made, now))
          )
        // Whatever comes in between, what was lent is given back: that is set up before it is lent.
        return Effect.onExit(
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            lent = cache.borrow(key, now)
            return lent === undefined
              ? Effect.flatMap(add(now), (entry) => borrow(entry.value))
              : borrow(lent.value)
          }),
          () => Effect.sync(() => lent !== undefined && cache.giveBack(lent))
        )
      }),
    expire: cache.expire,
    clear: cache.clear
  }
}
