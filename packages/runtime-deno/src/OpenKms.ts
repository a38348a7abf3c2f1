/** A Promise facade with the methods and members of the `KMS` class of `@aws-sdk/client-kms`, in Deno. */
import * as Explain from "@keystead/core/Explain"
import * as Facade from "@keystead/core/facade/OpenKms"
import * as Kms from "@keystead/core/Kms"
import { type Registry, registry } from "@keystead/core/operations/Registry"
import type { Rewrapped } from "@keystead/core/rewrap/Rewrap"
import { type RootKeyChoice, RootKeyReplacement } from "@keystead/storage-filesystem/RootKeyChoice"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { clearInterval, setInterval } from "node:timers"
import { type DenoKmsOptions, layer } from "./DenoKms.ts"

/** An open Keystead, for one caller. A method rejects with exactly one of the typed errors of `@keystead/core/Errors`. */
export interface OpenKms extends Facade.Methods, Facade.Common<Registry, OpenKms> {
  /**
   * Puts the store under another root key, or goes on with that, while it answers; without one, a root key in a file is
   * replaced by a new one in the same file. When it is complete, the former one opens nothing any more.
   */
  readonly rewrap: (newRootKey?: RootKeyChoice) => Promise<Rewrapped>
}

/** How to open a Keystead, and as whom. */
export interface OpenKmsOptions extends DenoKmsOptions, Facade.Opener {}

const hour = 60 * 60 * 1000

/**
 * Opens a Keystead: in memory, in `directory`, or in `kv`. Rejects with StorageError, RootKeyError or RecipientsError, which
 * say what Deno does not permit, if that is why.
 */
export const openKms = async (options: OpenKmsOptions = {}): Promise<OpenKms> => {
  const runtime = ManagedRuntime.make(layer(options))
  const kms = await runtime.runPromise(Kms.Kms)
  const explain = await runtime.runPromise(Explain.Explain)
  const { replace } = await runtime.runPromise(RootKeyReplacement)
  // What falls due is computed whenever a key is used: a failure here shows at the next call, with its reason.
  const timer = setInterval(() => void runtime.runPromise(kms.maintain).catch(() => undefined), hour)
  timer.unref()
  const close = async () => {
    clearInterval(timer)
    await runtime.dispose()
  }
  const rewrap = (newRootKey?: RootKeyChoice) => runtime.runPromise(replace(newRootKey))
  const requestId = () => crypto.randomUUID()
  return Facade.make({ kms, explain, operations: registry, requestId, close }, options, { rewrap })
}
