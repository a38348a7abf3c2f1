/** Stores under root keys that a test has at hand. */
import { assert } from "@effect/vitest"
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { RootKey } from "@keystead/core/crypto/RootKey"
import type * as RootKeyRecord from "@keystead/core/crypto/RootKeyRecord"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import * as Rewrap from "@keystead/core/rewrap/Rewrap"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import { bytes, createKey, region, root } from "./World.ts"

const crypto = Noble.layer(insecureSeeded("rewrap"))

/** The root key of 32 bytes of this value. */
export const made = (secret: number) => Effect.provide(DerivedRootKey.make(new Uint8Array(32).fill(secret)), crypto)

/** A root key that the host has. */
export const sourceOf = (secret: number): RootKeyRecord.RootKeySource<never> => ({
  create: Effect.map(made(secret), (rootKey) => ({ rootKey, parameters: { secret } })),
  obtain: () => made(secret)
})

/** A store that many may open. */
export const newStore = Ref.make(KeyStore.empty)

/** That store. */
export type Store = Ref.Ref<KeyStore.KeyStore>

/** An open Keystead over the store, and what replaces its root key. */
export const open = Effect.fnUntraced(function*(
  store: Store,
  source: RootKeyRecord.RootKeySource<never>,
  replacing?: RootKeyRecord.RootKeySource<never>,
  wrap: (inner: Storage["Service"]) => Storage["Service"] = (inner) => inner
) {
  const storage = wrap(MemoryStorage.make(store))
  const held = yield* Effect.provideService(Rewrap.establishHeld(source, replacing), Storage, storage)
  const context = yield* Layer.build(
    Kms.layer({ groups }).pipe(
      Layer.provide(Layer.succeed(RootKey, held.rootKey)),
      Layer.provide(Layer.succeed(Storage, storage)),
      Layer.provide(crypto),
      Layer.provide(AuditSink.layerOf(() => Effect.void))
    )
  )
  const kms = yield* Effect.provideContext(Kms.Kms, context)
  const inRegion = (region: string) => Client.make(kms, { caller: { principal: root }, region }, registry)
  const client = inRegion(region)
  const rewrap = (to: RootKeyRecord.RootKeySource<never>) =>
    Effect.provideService(Rewrap.rewrap(held, to), Storage, storage)
  return { client, inRegion, kms, rewrap, held }
})

/** Keys with several materials, an alias, and more records than a page holds. */
export const filled = Effect.fnUntraced(function*(client: Client.Client, more = 0) {
  const KeyId = yield* createKey(client, { MultiRegion: true })
  const sealed = [yield* client.encrypt({ KeyId, Plaintext: bytes("first") })]
  yield* client.rotateKeyOnDemand({ KeyId })
  sealed.push(yield* client.encrypt({ KeyId, Plaintext: bytes("second") }))
  yield* client.replicateKey({ KeyId, ReplicaRegion: "us-east-1" })
  yield* client.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
  const signing = yield* createKey(client, { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" })
  for (let index = 0; index < more; index++) yield* createKey(client)
  return { KeyId, signing, sealed }
})

/** What it was filled with. */
export type Filled = Effect.Success<ReturnType<typeof filled>>

/** All that was there is there, and can be used. */
export const intact = Effect.fnUntraced(function*(client: Client.Client, { KeyId, sealed, signing }: Filled) {
  for (const [index, text] of ["first", "second"].entries()) {
    const { CiphertextBlob = bytes("") } = sealed[index] ?? {}
    assert.deepStrictEqual((yield* client.decrypt({ CiphertextBlob })).Plaintext, bytes(text))
  }
  assert.strictEqual((yield* client.describeKey({ KeyId: "alias/a" })).KeyMetadata?.KeyId, KeyId)
  yield* client.sign({ KeyId: signing, Message: bytes("m"), SigningAlgorithm: "ED25519_SHA_512" })
  yield* client.rotateKeyOnDemand({ KeyId })
})
