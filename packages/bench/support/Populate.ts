/** Fills stores in this process. */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as KeyMaterials from "@keystead/core/crypto/KeyMaterials"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { establish } from "@keystead/core/crypto/RootKeyRecord"
import { fromBytes } from "@keystead/core/crypto/SecretRootKey"
import { Storage } from "@keystead/core/storage/Storage"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { fill } from "./Filling.ts"

/** The root key of all stores. */
export const secret = new Uint8Array(32).fill(9)

const services = (storage: Layer.Layer<Storage>): Layer.Layer<Storage | RootKey | Crypto | KeyMaterials.KeyMaterials> =>
  KeyMaterials.layer().pipe(
    Layer.provideMerge(Layer.effect(RootKey, Effect.suspend(() => establish(fromBytes(secret)))).pipe(Layer.orDie)),
    Layer.provideMerge(Layer.merge(storage, NodeCrypto.layer))
  )

/** Fills an empty store with that many keys, and answers their ids. */
export const populate = (storage: Storage["Service"], count: number): Promise<ReadonlyArray<string>> =>
  Effect.runPromise(
    Effect.orDie(Effect.provide(fill(count), services(Layer.succeed(Storage, storage))))
  )
