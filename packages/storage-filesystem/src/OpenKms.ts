/**
 * An open Keystead, as programs without Effect have it on hosts with a file system: the facade, a root key that can be
 * replaced, and a look each hour for what fell due.
 */
import type * as Explain from "@keystead/core/Explain"
import { open } from "@keystead/core/facade/Opened"
import * as Facade from "@keystead/core/facade/OpenKms"
import type * as Kms from "@keystead/core/Kms"
import { type Registry, registry } from "@keystead/core/operations/Registry"
import type { Rewrapped } from "@keystead/core/rewrap/Rewrap"
import type * as Layer from "effect/Layer"
import { randomUUID } from "node:crypto"
import { clearInterval, setInterval } from "node:timers"
import { type RootKeyChoice, RootKeyReplacement } from "./RootKeyChoice.ts"

/** An open Keystead, for one caller. A method rejects with exactly one of the typed errors of `@keystead/core/Errors`. */
export interface OpenKms extends Facade.Methods, Facade.Common<Registry, OpenKms> {
  /**
   * Puts the store under another root key, or goes on with that, while it answers; without one, a root key in a file is
   * replaced by a new one in the same file. When it is complete, the former one opens nothing any more.
   */
  readonly rewrap: (newRootKey?: RootKeyChoice) => Promise<Rewrapped>
}

const hour = 60 * 60 * 1000

/** Opens the Keystead that a host's layer is. Rejects with the layer's error, and leaves nothing open then. */
export const openOver = async <E>(
  layer: Layer.Layer<Kms.Kms | Explain.Explain | RootKeyReplacement, E>,
  opener: Facade.Opener
): Promise<OpenKms> => {
  const { close: closeStore, explain, kms, look, run } = await open(layer)
  const { replace } = await run(RootKeyReplacement)
  const timer = setInterval(look, hour)
  timer.unref()
  const close = async () => {
    clearInterval(timer)
    await closeStore()
  }
  const rewrap = (newRootKey?: RootKeyChoice) => run(replace(newRootKey))
  return Facade.make({ kms, explain, operations: registry, requestId: randomUUID, close }, opener, { rewrap })
}
