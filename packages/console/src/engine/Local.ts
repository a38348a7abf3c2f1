/** Keys in this browser. */
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { rootArn } from "@keystead/core/domain/Arn"
import * as Kms from "@keystead/core/Kms"
import type { Operation } from "@keystead/core/operations/Operation"
import { groups, type OperationName, registry } from "@keystead/core/operations/Registry"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type { Backend, Call } from "../backend/Backend.ts"
import * as AuditStore from "./AuditStore.ts"

/** Whose the keys are: AWS's example account, in its first Region. */
const place = { account: "111122223333", region: "us-east-1" }

const rootKey = Layer.effect(
  RootKey,
  Effect.flatMap(Effect.flatMap(Crypto, (crypto) => crypto.randomBytes(32)), DerivedRootKey.make)
)

const layer = (audit: (event: AuditEvent) => Promise<void>) =>
  Kms.layer({ groups }).pipe(
    Layer.provide(rootKey),
    Layer.provide(MemoryStorage.layer),
    Layer.provide(WebCrypto.layer),
    Layer.provide(AuditSink.layerOf((event) => Effect.promise(() => audit(event))))
  )

function callOf(kms: Kms.Kms["Service"]): Call
function callOf(kms: Kms.Kms["Service"]): (name: OperationName, input: object) => Promise<unknown> {
  const session = { caller: { principal: rootArn(place) }, region: place.region }
  return (name, input) => {
    const operation: Operation = registry[name]
    return Effect.runPromise(kms.execute(operation, input, session))
  }
}

/** Opens the keys of this browser. */
export const open = async (_passphrase?: string): Promise<Backend> => {
  const audit = await AuditStore.open()
  const runtime = ManagedRuntime.make(layer(audit.add))
  const kms = await runtime.runPromise(Kms.Kms)
  return {
    about: { kind: "local", place: "This browser", ...place, audit: true, backup: false },
    call: callOf(kms),
    trail: audit,
    close: async () => {
      await runtime.dispose()
      await audit.close()
    }
  }
}
