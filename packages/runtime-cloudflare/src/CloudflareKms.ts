/** Keystead in a Worker, as layers. `OpenKms.ts` has Promises, `Worker.ts` a whole endpoint. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { checkOf, establish } from "@keystead/core/crypto/RootKeyRecord"
import type { RecipientsError, RootKeyError, StorageError } from "@keystead/core/Errors"
import { duePrefix } from "@keystead/core/interpreter/Changes"
import * as Kms from "@keystead/core/Kms"
import { groups } from "@keystead/core/operations/Registry"
import { Storage } from "@keystead/core/storage/Storage"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import { waitUntil } from "cloudflare:workers"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { emitTo } from "./AuditTrail.ts"
import type { KeysteadNamespace } from "./Bindings.ts"
import * as ObjectStorage from "./ObjectStorage.ts"
import { primitives } from "./Primitives.ts"
import { type CacheBounds, cached, defaultBounds, Served } from "./RecordCache.ts"
import { fromSecret, source } from "./RootKeySecret.ts"

/** How to open a Keystead, wherever its records are. */
export interface CommonOptions extends Omit<Kms.Options, "groups" | "kinds"> {
  /** How many records the Worker keeps, and how long it may not notice that they changed. `{ age: 0 }` keeps none. */
  readonly cache?: Partial<CacheBounds>
  /**
   * Who verifies the attestation documents of `Recipient`, such as `NitroRecipients.layer` of `@keystead/nitro`. Without it
   * calls with a Recipient are refused.
   */
  readonly recipients?: Layer.Layer<never, RecipientsError>
  /**
   * How external key managers are reached, such as `XksProvider.layer()` of `@keystead/xks`. Without it no key of an external
   * key store can be made or used.
   */
  readonly keyStores?: Layer.Layer<never>
}

/** How to open a Keystead in Durable Objects. */
export interface ObjectOptions extends CommonOptions {
  /** "required": no call succeeds whose audit event is not stored. Otherwise events follow behind (`AuditTrail.ts`). */
  readonly audit?: "required"
}

/** How to open a Keystead in a D1 database. */
export interface DatabaseOptions extends CommonOptions {
  /** Gets every audit event. If it answers a promise, the call waits for it. */
  readonly audit?: (event: AuditEvent) => void | Promise<void>
}

/** The services beneath a Keystead. */
export type Beneath = Storage | RootKey | AuditSink.AuditSink | Crypto

/** The objects do by their alarms what falls due: nobody else need look for it. */
const alarmed = (storage: Storage["Service"]): Storage["Service"] => ({
  ...storage,
  scan: (range) => range.prefix === duePrefix ? Effect.succeed([]) : storage.scan(range)
})

/** Those over Durable Objects. Nothing is asked of them yet, so that it is there at once. */
export const overObjects = (
  namespace: KeysteadNamespace,
  secret: string | undefined,
  { audit, cache }: ObjectOptions
): Layer.Layer<Beneath, RootKeyError> =>
  Layer.effectContext(
    Effect.gen(function*() {
      const rootKey = yield* fromSecret(secret)
      const storage = alarmed(ObjectStorage.make(namespace, yield* checkOf(rootKey)))
      return Context.make(RootKey, RootKey.of(rootKey)).pipe(
        Context.add(Storage, cached(storage, { ...defaultBounds, ...cache })),
        Context.add(AuditSink.AuditSink, { emit: emitTo(namespace, audit ?? "behind") })
      )
    })
  ).pipe(Layer.provideMerge(Layer.succeedContext(primitives())))

/** Those over a D1 database. */
export const overDatabase = (
  storage: Layer.Layer<Storage, StorageError>,
  secret: string | undefined,
  { audit, cache }: DatabaseOptions
): Layer.Layer<Beneath, RootKeyError | StorageError> =>
  Layer.effectContext(
    Effect.gen(function*() {
      const opened = yield* Storage
      const rootKey = yield* establish(source(yield* fromSecret(secret)))
      return Context.make(RootKey, rootKey).pipe(
        Context.add(Storage, cached(opened, { ...defaultBounds, ...cache })),
        Context.add(AuditSink.AuditSink, {
          emit: (event) => audit === undefined ? Effect.void : Effect.promise(async () => audit(event))
        })
      )
    })
  ).pipe(Layer.provide(storage), Layer.provideMerge(Layer.succeedContext(primitives())))

/** How long the last uses of keys wait in memory before they are stored, in milliseconds. */
const settling = 60 * 1000

/** Stores the last uses of keys now and then, after a reply: an isolate ends without a word. */
const settlingNowAndThen = (kms: Kms.Kms["Service"]): Kms.Kms["Service"] => {
  const settle = Effect.catch(
    kms.maintain,
    (error) => Effect.logWarning(`The last uses of keys wait: ${error.message}`)
  )
  let settled: number | undefined
  const look = Effect.map(Clock.currentTimeMillis, (now) => {
    settled ??= now
    if (now - settled < settling) return
    settled = now
    waitUntil(Effect.runPromise(settle))
  })
  return { ...kms, execute: (operation, input, session) => Effect.tap(kms.execute(operation, input, session), look) }
}

/** What only reads may be answered from what is kept; what changes something reads through. */
const throughCache = (kms: Kms.Kms["Service"]): Kms.Kms["Service"] => ({
  ...kms,
  execute: (operation, input, session) => {
    const executed = kms.execute(operation, input, session)
    return operation.readOnly
      ? Effect.suspend(() => Effect.provideService(executed, Served, new Set()))
      : executed
  }
})

/** The Kms over those services. */
export const kmsOver = <E>(
  beneath: Layer.Layer<Beneath, E>,
  options: CommonOptions
): Layer.Layer<Kms.Kms | Beneath, E | RecipientsError> =>
  Layer.effect(Kms.Kms, Effect.map(Kms.Kms, (kms) => throughCache(settlingNowAndThen(kms)))).pipe(
    Layer.provide(Kms.layer({ ...options, groups, kinds: webKinds })),
    Layer.provide(options.recipients ?? Layer.empty),
    Layer.provide(options.keyStores ?? Layer.empty),
    Layer.provideMerge(beneath)
  )
