/** Keystead in a Node process: `layer(options)` for Effect programs, `openKms(options)` for everybody else. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { RootKey } from "@keystead/core/crypto/RootKey"
import type { RecipientsError, RootKeyError, StorageError } from "@keystead/core/Errors"
import * as Explain from "@keystead/core/Explain"
import * as Kms from "@keystead/core/Kms"
import { groups } from "@keystead/core/operations/Registry"
import { establishHeld } from "@keystead/core/rewrap/Rewrap"
import type { Storage } from "@keystead/core/storage/Storage"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import {
  replacement,
  type RootKeyChoice,
  RootKeyReplacement,
  sources
} from "@keystead/storage-filesystem/RootKeyChoice"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { argon2id } from "./Argon2id.ts"
import { nodeKinds } from "./kinds/NodeKinds.ts"
import * as NodeCrypto from "./NodeCrypto.ts"

/** How to open a Keystead. */
export interface NodeKmsOptions extends Omit<Kms.Options, "groups" | "kinds"> {
  /** The store's folder, made if it is not there; without one, everything is in memory and gone at the end. */
  readonly directory?: string
  /** By default a file beside the store's folder, `FOLDER.rootkey`. In memory it is random. */
  readonly rootKey?: RootKeyChoice
  /** The root key that is replacing it: needed while that was begun and is not complete. */
  readonly newRootKey?: RootKeyChoice
  /** Gets every audit event. If it answers a promise, the call waits for it. */
  readonly audit?: (event: AuditEvent) => void | Promise<void>
  /** Other primitives than those of `node:crypto`. */
  readonly crypto?: Layer.Layer<Crypto>
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

const warn = ({ directory, rootKey }: NodeKmsOptions): void => {
  if (rootKey === undefined || !("insideStore" in rootKey)) return
  process.emitWarning(
    `The root key of ${directory} is kept inside it: whoever copies that folder can use every key in it.`,
    { code: "KEYSTEAD_ROOT_KEY_INSIDE_STORE" }
  )
}

/** The store's root key, by the host's own primitives, and what replaces it. */
const rootKey = (options: NodeKmsOptions) =>
  Layer.effectContext(
    Effect.gen(function*() {
      warn(options)
      const held = yield* establishHeld(...sources(options, argon2id))
      return Context.make(RootKey, held.rootKey).pipe(
        Context.add(RootKeyReplacement, yield* replacement(options, held, argon2id))
      )
    })
  ).pipe(Layer.provide(NodeCrypto.layer))

const storage = ({ directory }: NodeKmsOptions): Layer.Layer<Storage, StorageError> =>
  directory === undefined ? MemoryStorage.layer : FilesystemStorage.layer({ directory })

const auditSink = ({ audit }: NodeKmsOptions) =>
  AuditSink.layerOf(
    audit === undefined
      ? () => Effect.void
      : (event) => Effect.promise(async () => audit(event))
  )

/**
 * On Node, the Kms service, and for administrators Explain and RootKeyReplacement. They fail if the store, its root key, or
 * what verifies recipients cannot be had.
 */
export const layer = (
  options: NodeKmsOptions = {}
): Layer.Layer<Kms.Kms | Explain.Explain | RootKeyReplacement, StorageError | RootKeyError | RecipientsError> =>
  Layer.mergeAll(
    Kms.layer({ ...options, groups, kinds: nodeKinds }),
    Explain.layer({ ...options, groups }),
    Layer.effect(RootKeyReplacement, RootKeyReplacement)
  ).pipe(
    Layer.provide(rootKey(options)),
    Layer.provide(storage(options)),
    Layer.provide(options.crypto ?? NodeCrypto.layer),
    Layer.provide(auditSink(options)),
    Layer.provide(options.recipients ?? Layer.empty),
    Layer.provide(options.keyStores ?? Layer.empty)
  )
