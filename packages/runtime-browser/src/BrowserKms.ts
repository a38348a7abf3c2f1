/** Keystead in a browser: `layer(options)` for Effect programs, `openKms(options)` for everybody else. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { RootKey } from "@keystead/core/crypto/RootKey"
import type { RecipientsError, RootKeyError, StorageError } from "@keystead/core/Errors"
import * as Explain from "@keystead/core/Explain"
import type { Group } from "@keystead/core/groups/Group"
import { symmetric } from "@keystead/core/groups/Symmetric"
import * as Kms from "@keystead/core/Kms"
import type { Storage } from "@keystead/core/storage/Storage"
import * as IndexedDbStorage from "@keystead/storage-indexeddb/IndexedDbStorage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Chosen, hold, replacement, RootKeyReplacement } from "./RootKeyChoice.ts"

/** How to open a Keystead. */
export interface BrowserKmsOptions extends Omit<Kms.Options, "groups">, Chosen {
  /** What it carries: `[symmetric]`, if nothing is said. A bundler drops the rest. */
  readonly groups?: ReadonlyArray<Group>
  /** Gets every audit event. If it answers a promise, the call waits for it. */
  readonly audit?: (event: AuditEvent) => void | Promise<void>
  /** Other primitives than the browser's. */
  readonly crypto?: Layer.Layer<Crypto, WebCrypto.NoSubtleCrypto>
  /** Who verifies the attestation documents of `Recipient`. Without it calls with a Recipient are refused. */
  readonly recipients?: Layer.Layer<never, RecipientsError>
  /** How external key managers are reached. Without it no key of an external key store can be made or used. */
  readonly keyStores?: Layer.Layer<never>
}

/** Why a Keystead cannot be opened. */
export type OpenError = StorageError | RootKeyError | RecipientsError | WebCrypto.NoSubtleCrypto

/** The store of that name; in memory if it has none. */
export const storage = (database: string | undefined): Layer.Layer<Storage, StorageError> =>
  database === undefined ? MemoryStorage.layer : IndexedDbStorage.layer({ name: database })

/** The store's root key, and what replaces it. */
const rootKey = (options: Chosen) =>
  Layer.effectContext(
    Effect.gen(function*() {
      const held = yield* hold(options)
      return Context.make(RootKey, held.rootKey).pipe(
        Context.add(RootKeyReplacement, yield* replacement(options, held))
      )
    })
  )

const auditSink = ({ audit }: BrowserKmsOptions) =>
  AuditSink.layerOf(audit === undefined ? () => Effect.void : (event) => Effect.promise(async () => audit(event)))

/**
 * In a page, a worker or a service worker, the Kms service, and for administrators Explain and RootKeyReplacement. They fail
 * if the store, its root key, or what verifies recipients cannot be had, or where there is no `crypto.subtle`.
 */
export const layer = (
  options: BrowserKmsOptions = {}
): Layer.Layer<Kms.Kms | Explain.Explain | RootKeyReplacement, OpenError> => {
  const { groups = [symmetric] } = options
  return Layer.mergeAll(
    Kms.layer({ ...options, groups }),
    Explain.layer({ ...options, groups }),
    Layer.effect(RootKeyReplacement, RootKeyReplacement)
  ).pipe(
    Layer.provide(rootKey(options)),
    Layer.provide(storage(options.database)),
    Layer.provide(options.crypto ?? WebCrypto.layer),
    Layer.provide(auditSink(options)),
    Layer.provide(options.recipients ?? Layer.empty),
    Layer.provide(options.keyStores ?? Layer.empty)
  )
}
