/**
 * A Promise facade with the methods and members of the `KMS` class of `@aws-sdk/client-kms`, in a page, a worker or a service
 * worker.
 */
import { open } from "@keystead/core/facade/Opened"
import * as Facade from "@keystead/core/facade/OpenKms"
import type { Group, Operations } from "@keystead/core/groups/Group"
import { type OperationsOf, operationsOf } from "@keystead/core/groups/OperationsOf"
import { symmetric } from "@keystead/core/groups/Symmetric"
import type { Rewrapped } from "@keystead/core/rewrap/Rewrap"
import { type BrowserKmsOptions, layer } from "./BrowserKms.ts"
import { type RootKeyChoice, RootKeyReplacement } from "./RootKeyChoice.ts"
import { hourly } from "./Waking.ts"

/** What only a browser's Keystead has. */
export interface Host {
  /**
   * Puts the store under another root key, or goes on with that, while it answers; without one, under a new `CryptoKey` that
   * is kept in IndexedDB. When it is complete, the former root key opens nothing any more. Other tabs that have the store
   * open must open it again.
   */
  readonly rewrap: (newRootKey?: RootKeyChoice) => Promise<Rewrapped>
}

/**
 * An open Keystead, for one caller, with the operations of the symmetric group if nothing else is said. A method rejects with
 * exactly one of the typed errors of `@keystead/core/Errors`.
 */
export type OpenKms<Named extends Operations = typeof symmetric.operations> = Facade.OpenKms<Named, Host>

/** How to open a Keystead, and as whom. */
export interface OpenKmsOptions extends BrowserKmsOptions, Facade.Opener {}

/**
 * Opens a Keystead: in memory, or in the IndexedDB database `database`. It has the operations of the symmetric group, or of
 * the `groups` that are named. Rejects with StorageError, RootKeyError, RecipientsError or NoSubtleCrypto.
 */
export function openKms<const Groups extends ReadonlyArray<Group>>(
  options: OpenKmsOptions & { readonly groups: Groups }
): Promise<OpenKms<Extract<OperationsOf<Groups>, Operations>>>
export function openKms(options?: Omit<OpenKmsOptions, "groups">): Promise<OpenKms>
export async function openKms(options: OpenKmsOptions = {}): Promise<unknown> {
  const { close, explain, kms, look, run } = await open(layer(options))
  const { replace } = await run(RootKeyReplacement)
  const endLooking = hourly(look)
  return Facade.make(
    {
      kms,
      explain,
      operations: operationsOf(options.groups ?? [symmetric]),
      requestId: () => crypto.randomUUID(),
      close: async () => {
        endLooking()
        await close()
      }
    },
    options,
    { rewrap: (newRootKey?: RootKeyChoice) => run(replace(newRootKey)) }
  )
}
