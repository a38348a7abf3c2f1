/**
 * A Promise facade with the methods and members of the `KMS` class of `@aws-sdk/client-kms`.
 */
import type * as Facade from "@keystead/core/facade/OpenKms"
import { type OpenKms, openOver } from "@keystead/storage-filesystem/OpenKms"
import { layer, type NodeKmsOptions } from "./NodeKms.ts"

export type { OpenKms }

/** How to open a Keystead, and as whom. */
export interface OpenKmsOptions extends NodeKmsOptions, Facade.Opener {}

/** Opens a Keystead: in memory, or in `directory`. Rejects with StorageError, RootKeyError or RecipientsError. */
export const openKms = async (options: OpenKmsOptions = {}): Promise<OpenKms> => openOver(layer(options), options)
