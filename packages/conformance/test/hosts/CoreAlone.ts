/** The core with no host's primitives but a random source, over a store in memory. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import * as Explain from "@keystead/core/Explain"
import { make } from "@keystead/core/facade/OpenKms"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Open } from "./Target.ts"

const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

/** Opens it, with every group. */
export const openCore: Open = async (audit) => {
  const runtime = ManagedRuntime.make(
    Layer.merge(Kms.layer({ groups }), Explain.layer({ groups })).pipe(
      Layer.provide(Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(random(32))))),
      Layer.provide(MemoryStorage.layer),
      Layer.provide(AuditSink.layerOf((event) => Effect.sync(() => audit(event)))),
      Layer.provide(Noble.layer(random))
    )
  )
  const kms = await runtime.runPromise(Kms.Kms)
  const explain = await runtime.runPromise(Explain.Explain)
  const requestId = () => crypto.randomUUID()
  return make({ kms, explain, operations: registry, requestId, close: () => runtime.dispose() }, {}, {})
}
