/** Explanations over the store of a world. */
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Explain from "@keystead/core/Explain"
import { groups, type OperationName, registry } from "@keystead/core/operations/Registry"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { region, rootKeyBytes, type World } from "./World.ts"

/** An administrator's view of a world. */
export const explaining = Effect.fnUntraced(
  function*(world: Pick<World, "store">, options: Explain.ExplainOptions = {}) {
    const context = yield* Layer.build(
      Explain.layer({ groups, ...options }).pipe(
        Layer.provide(Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(rootKeyBytes())))),
        Layer.provide(Layer.succeed(Storage, MemoryStorage.make(world.store))),
        Layer.provide(Noble.layer(insecureSeeded("explain")))
      )
    )
    const { explain } = yield* Effect.provideContext(Explain.Explain, context)
    return (caller: Caller, name: OperationName, input: unknown) =>
      explain(registry[name], input as never, { caller, region })
  }
)
