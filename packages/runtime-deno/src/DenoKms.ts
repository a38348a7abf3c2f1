/** Keystead in Deno: `layer(options)` for Effect programs, `openKms(options)` for everybody else. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { RecipientsError, RootKeyError, StorageError } from "@keystead/core/Errors"
import * as Explain from "@keystead/core/Explain"
import * as Kms from "@keystead/core/Kms"
import { groups } from "@keystead/core/operations/Registry"
import { RootKeyReplacement } from "@keystead/storage-filesystem/RootKeyChoice"
import { webKinds } from "@keystead/webcrypto/kinds/WebKinds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as DenoCrypto from "./DenoCrypto.ts"
import { type Place, storage } from "./Place.ts"
import { type RootKeys, rootKeys } from "./RootKeys.ts"

/** How to open a Keystead. */
export interface DenoKmsOptions extends Omit<Kms.Options, "groups" | "kinds">, Place, RootKeys {
  /** Gets every audit event. If it answers a promise, the call waits for it. */
  readonly audit?: (event: AuditEvent) => void | Promise<void>
  /** Other primitives than Deno's own. */
  readonly crypto?: Layer.Layer<Crypto>
  /** Who verifies the attestation documents of `Recipient`. Without it calls with a Recipient are refused. */
  readonly recipients?: Layer.Layer<never, RecipientsError>
  /** How external key managers are reached. Without it no key of an external key store can be made or used. */
  readonly keyStores?: Layer.Layer<never>
}

const auditSink = ({ audit }: DenoKmsOptions) =>
  AuditSink.layerOf(audit === undefined ? () => Effect.void : (event) => Effect.promise(async () => audit(event)))

/**
 * In Deno, the Kms service, and for administrators Explain and RootKeyReplacement. They fail if the store, its root key, or
 * what verifies recipients cannot be had; the error says which permission is missing, if that is why.
 */
export const layer = (
  options: DenoKmsOptions = {}
): Layer.Layer<Kms.Kms | Explain.Explain | RootKeyReplacement, StorageError | RootKeyError | RecipientsError> =>
  Layer.mergeAll(
    Kms.layer({ ...options, groups, kinds: webKinds }),
    Explain.layer({ ...options, groups }),
    Layer.effect(RootKeyReplacement, RootKeyReplacement)
  ).pipe(
    Layer.provide(rootKeys(options)),
    Layer.provide(storage(options)),
    Layer.provide(options.crypto ?? DenoCrypto.layer),
    Layer.provide(auditSink(options)),
    Layer.provide(options.recipients ?? Layer.empty),
    Layer.provide(options.keyStores ?? Layer.empty)
  )
