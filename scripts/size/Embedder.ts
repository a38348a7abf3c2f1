/**
 * What a browser program that embeds Keystead writes: the core with every operation, the memory store and the
 * primitives in JavaScript. `npm run size` bundles it.
 */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import * as Kms from "@keystead/core/Kms"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"

const primitives = Noble.layer((length) => globalThis.crypto.getRandomValues(new Uint8Array(length)))

/**
 * A KMS in memory under a root key of 32 bytes, and a client of it for one principal.
 *
 * @public the bundle's only export
 */
export const open = async (secret: Uint8Array, principal: string, region: string) => {
  const rootKey = Layer.effect(RootKey, DerivedRootKey.make(secret))
  const layer = Kms.layer().pipe(
    Layer.provide(Layer.mergeAll(MemoryStorage.layer, AuditSink.memory(1000).layer, rootKey)),
    Layer.provide(primitives)
  )
  const runtime = ManagedRuntime.make(layer)
  const client = await runtime.runPromise(
    Effect.map(Kms.Kms, (kms) => Client.make(kms, { caller: { principal }, region }))
  )
  return { client, runtime }
}
