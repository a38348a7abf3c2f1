/** GenerateDataKey in process, over a store in memory, by a runtime's own layer of the Crypto service. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import { make as derivedRootKey } from "@keystead/core/crypto/DerivedRootKey"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { rootArn } from "@keystead/core/domain/Arn"
import { operationsOf } from "@keystead/core/groups/OperationsOf"
import { symmetric } from "@keystead/core/groups/Symmetric"
import * as Kms from "@keystead/core/Kms"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const place = { account: "111122223333", region: "us-east-1" }
const groups = [symmetric]

/** As many events as are kept. */
const keptEvents = 1000

const layerOver = (crypto: Layer.Layer<Crypto>): Layer.Layer<Kms.Kms> =>
  Kms.layer({ groups }).pipe(
    Layer.provide(Layer.effect(RootKey, derivedRootKey(new Uint8Array(32).fill(5)))),
    Layer.provide(MemoryStorage.layer),
    Layer.provide(crypto),
    Layer.provide(AuditSink.memory(keptEvents).layer),
    Layer.orDie
  )

/** Makes data keys, one after another in one fiber. */
export const generateDataKeys = async (crypto: Layer.Layer<Crypto>): Promise<(count: number) => Promise<void>> => {
  const kms = await Effect.runPromise(Effect.provide(Kms.Kms, layerOver(crypto)))
  const session = { caller: { principal: rootArn(place) }, region: place.region }
  const client = Client.make(kms, session, operationsOf(groups))
  const { KeyMetadata } = await Effect.runPromise(client.createKey())
  const generate = client.generateDataKey({ KeyId: KeyMetadata?.KeyId ?? "", KeySpec: "AES_256" })
  return (count) =>
    Effect.runPromise(Effect.gen(function*() {
      for (let made = 0; made < count; made++) yield* Effect.orDie(generate)
    }))
}
