/** Keystead in a Node process: `layer(options)` for Effect programs, `openKms(options)` for everybody else. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { establish, type RootKeySource } from "@keystead/core/crypto/RootKeyRecord"
import type { RecipientsError, RootKeyError, StorageError } from "@keystead/core/Errors"
import * as Explain from "@keystead/core/Explain"
import * as Kms from "@keystead/core/Kms"
import { groups } from "@keystead/core/operations/Registry"
import type { Storage } from "@keystead/core/storage/Storage"
import * as FilesystemStorage from "@keystead/storage-filesystem/FilesystemStorage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { nodeKinds } from "./kinds/NodeKinds.ts"
import * as NodeCrypto from "./NodeCrypto.ts"
import { fromPassphrase } from "./Passphrase.ts"
import { besideStore, fromBytes, fromFile } from "./RootKeyFile.ts"

/** Where the root key of a store in a folder comes from. */
export type RootKeyChoice =
  /** A file of mode 0600, made if the store is new. */
  | { readonly file: string }
  /** A file inside the store's folder: whoever copies the folder has everything. */
  | { readonly insideStore: true }
  /** Argon2id of a passphrase. */
  | { readonly passphrase: string }
  /** 32 bytes that the host keeps. */
  | { readonly bytes: Uint8Array }

/** How to open a Keystead. */
export interface NodeKmsOptions extends Omit<Kms.Options, "groups" | "kinds"> {
  /** The store's folder, made if it is not there; without one, everything is in memory and gone at the end. */
  readonly directory?: string
  /** By default a file beside the store's folder, `FOLDER.rootkey`. In memory it is random. */
  readonly rootKey?: RootKeyChoice
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

const rootKeySource = ({ directory, rootKey }: NodeKmsOptions): RootKeySource<RootKeyError> => {
  if (rootKey !== undefined && "passphrase" in rootKey) return fromPassphrase(rootKey.passphrase)
  if (rootKey !== undefined && "bytes" in rootKey) return fromBytes(rootKey.bytes)
  if (rootKey !== undefined && "file" in rootKey) return fromFile(rootKey.file)
  if (directory === undefined) return fromBytes(randomBytes(32))
  if (rootKey === undefined) return fromFile(besideStore(directory))
  process.emitWarning(
    `The root key of ${directory} is kept inside it: whoever copies that folder can use every key in it.`,
    { code: "KEYSTEAD_ROOT_KEY_INSIDE_STORE" }
  )
  return fromFile(join(directory, "root.key"))
}

const storage = ({ directory }: NodeKmsOptions): Layer.Layer<Storage, StorageError> =>
  directory === undefined ? MemoryStorage.layer : FilesystemStorage.layer({ directory })

const auditSink = ({ audit }: NodeKmsOptions) =>
  AuditSink.layerOf(
    audit === undefined
      ? () => Effect.void
      : (event) => Effect.promise(async () => audit(event))
  )

/**
 * On Node, the Kms service, and for administrators Explain. They fail if the store, its root key, or what verifies
 * recipients cannot be had.
 */
export const layer = (
  options: NodeKmsOptions = {}
): Layer.Layer<Kms.Kms | Explain.Explain, StorageError | RootKeyError | RecipientsError> =>
  Layer.mergeAll(Kms.layer({ ...options, groups, kinds: nodeKinds }), Explain.layer({ ...options, groups })).pipe(
    Layer.provide(Layer.effect(RootKey, Effect.suspend(() => establish(rootKeySource(options))))),
    Layer.provide(storage(options)),
    Layer.provide(options.crypto ?? NodeCrypto.layer),
    Layer.provide(auditSink(options)),
    Layer.provide(options.recipients ?? Layer.empty),
    Layer.provide(options.keyStores ?? Layer.empty)
  )
