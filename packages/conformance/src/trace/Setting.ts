/** The Keystead of a trace: every group, a store in memory, a seeded random source, and a clock that only the trace moves. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { KeyStoreProvider } from "@keystead/core/custom-stores/KeyStoreProvider"
import type { Limits } from "@keystead/core/domain/Limits"
import * as Kms from "@keystead/core/Kms"
import { groups } from "@keystead/core/operations/Registry"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { type Change, Storage } from "@keystead/core/storage/Storage"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Dice from "./internal/Dice.ts"
import * as KeyManager from "./internal/KeyManager.ts"
import { wrappingKinds } from "./internal/Wrapping.ts"

/** Primitives to trace with. */
export interface Primitives {
  /** The Crypto service over this random source. */
  readonly crypto: (randomBytes: Noble.RandomSource) => Layer.Layer<Crypto>
  /** The host's kinds of keys in place of the core's; RSA's are left out, which no seed makes the same. */
  readonly kinds: ReadonlyArray<KeyKind>
}

/** The core's own, in pure JavaScript. */
export const noble: Primitives = { crypto: Noble.layer, kinds: [] }

/** Quotas that a trace reaches. */
const limits: Limits = {
  keysPerRegion: 24,
  customKeyStores: 3,
  aliasesPerKey: 2,
  tagsPerKey: 4,
  grantsPerKey: 6,
  onDemandRotationsPerKey: 3,
  multiRegionSettling: 3 * 60_000
}

/** For how long a new grant shows only to who has its token. */
const grantDelay = 5 * 60_000

/** What a trace runs in. */
export interface Setting {
  readonly kms: Kms.Kms["Service"]
  /** Primitives of nobody but the trace itself. */
  readonly outside: Crypto["Service"]
  /** What was committed, and the audit events, since it was asked last. */
  readonly happened: () => ReadonlyArray<unknown>
  /** Every record as it is now. */
  readonly records: () => ReadonlyArray<unknown>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly wait: (milliseconds: number) => void
  /** Runs by the setting's clock. */
  readonly timed: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/** In January 2026. */
const start = 1_767_225_600_000

const makeClock = () => {
  let now = start
  const nanos = () => BigInt(now) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: () => Effect.yieldNow
  }
  return { clock, now: () => now, wait: (milliseconds: number) => void (now += milliseconds) }
}

const makeStorage = (note: (changes: ReadonlyArray<Change>) => void) => {
  let store = KeyStore.empty
  const storage = Storage.of({
    read: (ids) => Effect.sync(() => KeyStore.read(store, ids)),
    scan: (range) => Effect.sync(() => KeyStore.scan(store, range)),
    commit: (changes) =>
      Effect.suspend(() => {
        const committed = KeyStore.commit(store, changes)
        if (Result.isFailure(committed)) return Effect.fail(committed.failure)
        store = committed.success
        note(changes)
        return Effect.void
      })
  })
  return { storage, records: () => KeyStore.scan(store, { prefix: "", limit: Number.MAX_SAFE_INTEGER }) }
}

/** Sets a trace up. Whoever runs it closes the scope, which persists what is still only noted. */
export const make = Effect.fnUntraced(function*(primitives: Primitives, seed: string) {
  const { clock, now, wait } = makeClock()
  let noted: Array<unknown> = []
  const { records, storage } = makeStorage((changes) => void noted.push(changes))
  const sink = AuditSink.layerOf((event) => Effect.sync(() => void noted.push(event)))
  const outside = Context.get(yield* Layer.build(Noble.layer(insecureSeeded(`${seed} outside`))), Crypto)
  const rootKey = Layer.effect(RootKey, DerivedRootKey.make(new Uint8Array(32).fill(7)))
  const own = primitives.kinds.filter(({ keySpec }) => !keySpec.startsWith("RSA_"))
  const layer = Kms.layer({ groups, kinds: [...own, ...wrappingKinds(outside)], limits, grantDelay }).pipe(
    Layer.provide(Layer.succeed(KeyStoreProvider, KeyManager.make(outside, Dice.of(`${seed} key manager`)))),
    Layer.provide(Layer.merge(rootKey, Layer.merge(Layer.succeed(Storage, storage), sink))),
    Layer.provide(primitives.crypto(insecureSeeded(`${seed} keystead`)))
  )
  const timed: Setting["timed"] = Effect.provideService(Clock.Clock, clock)
  const setting: Setting = {
    kms: Context.get(yield* timed(Layer.build(layer)), Kms.Kms),
    outside,
    happened: () => {
      const happened = noted
      noted = []
      return happened
    },
    records,
    now,
    wait,
    timed
  }
  return setting
})
