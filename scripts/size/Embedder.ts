/**
 * What a browser program that embeds Keystead writes: the core with the symmetric group, the memory store, the primitives
 * in JavaScript, and the envelope, whole and as streams. `npm run size` bundles it, and its limit is for this.
 */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import * as Envelope from "@keystead/core/envelope/Envelope"
import * as KmsDataKeys from "@keystead/core/envelope/KmsDataKeys"
import * as WebTransform from "@keystead/core/envelope/WebTransform"
import type { Group } from "@keystead/core/groups/Group"
import { symmetric } from "@keystead/core/groups/Symmetric"
import * as Kms from "@keystead/core/Kms"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"

const primitives = Noble.layer((length) => globalThis.crypto.getRandomValues(new Uint8Array(length)))

/**
 * A KMS in memory under a root key of 32 bytes, for one principal, that carries these groups: these operations as
 * methods, and the envelope under a key of it.
 */
export const embedding = (groups: ReadonlyArray<Group>, operations: typeof symmetric.operations) =>
async (
  secret: Uint8Array,
  principal: string,
  region: string,
  keyId: string
) => {
  const rootKey = Layer.effect(RootKey, DerivedRootKey.make(secret))
  const layer = Kms.layer({ groups }).pipe(
    Layer.provide(Layer.mergeAll(MemoryStorage.layer, AuditSink.layerOf(() => Effect.void), rootKey)),
    Layer.provideMerge(primitives)
  )
  const context = await Effect.runPromise(Layer.buildWithScope(layer, Scope.makeUnsafe()))
  const runPromise = Effect.runPromiseWith(context)
  const client = Client.make(Context.get(context, Kms.Kms), { caller: { principal }, region }, operations)
  const sealing = { dataKeys: KmsDataKeys.under(client, keyId) }
  const opening = { dataKeys: KmsDataKeys.any(client) }
  return {
    client,
    runPromise,
    seal: (plaintext: Uint8Array) => runPromise(Envelope.seal(plaintext, sealing)),
    open: (message: Uint8Array) => runPromise(Envelope.open(message, opening)),
    sealStream: () => new TransformStream(WebTransform.sealTransformer(sealing, runPromise)),
    openStream: () => new TransformStream(WebTransform.openTransformer(opening, runPromise))
  }
}

/** @public the bundle's only export that is called */
export const embed = embedding([symmetric], symmetric.operations)
