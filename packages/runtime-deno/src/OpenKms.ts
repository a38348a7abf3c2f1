/** A Promise facade with the methods and members of the `KMS` class of `@aws-sdk/client-kms`, in Deno. */
import type * as Facade from "@keystead/core/facade/OpenKms"
import { type OpenKms, openOver } from "@keystead/storage-filesystem/OpenKms"
import { type DenoKmsOptions, layer } from "./DenoKms.ts"

export type { OpenKms }

/** How to open a Keystead, and as whom. */
export interface OpenKmsOptions extends DenoKmsOptions, Facade.Opener {}

/**
 * Opens a Keystead: in memory, in `directory`, or in `kv`. Rejects with StorageError, RootKeyError or RecipientsError, which
 * say what Deno does not permit, if that is why.
 */
export const openKms = async (options: OpenKmsOptions = {}): Promise<OpenKms> => openOver(layer(options), options)
