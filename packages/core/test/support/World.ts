/** A whole Keystead in memory, seeded, with a test clock: what most tests of the core run in. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { type Attest, Recipients } from "@keystead/core/crypto/Recipients"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { KeyStoreProvider, type Provider } from "@keystead/core/custom-stores/KeyStoreProvider"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

export const account = "111122223333"
export const otherAccount = "444455556666"
export const region = "eu-west-1"
export const root = `arn:aws:iam::${account}:root`
export const user = (name: string, of: string = account) => `arn:aws:iam::${of}:user/${name}`

/** The secret that every world's root key comes from. */
export const rootKeyBytes = (): Uint8Array => new Uint8Array(32).fill(7)

/** A Keystead whose store and audit events can be looked at. */
export const makeWorld = Effect.fnUntraced(function*(
  options: Partial<Kms.Options> & {
    readonly seed?: string
    /** Another Crypto service than noble's, seeded. */
    readonly crypto?: Layer.Layer<Crypto>
    readonly wrap?: (inner: Storage["Service"]) => Storage["Service"]
    /** Another secret for the root key. */
    readonly rootKey?: Uint8Array
    /** How it verifies attestations; not at all by default. */
    readonly attest?: Attest
    /** How it reaches external key managers; not at all by default. */
    readonly keyStores?: Provider
    /** The store of another world, to be shared with it. */
    readonly store?: Ref.Ref<KeyStore.KeyStore>
  } = {}
) {
  const store = options.store ?? (yield* Ref.make(KeyStore.empty))
  const rootKey = Layer.effect(RootKey, Effect.suspend(() => DerivedRootKey.make(options.rootKey ?? rootKeyBytes())))
  const audit = AuditSink.memory(10_000)
  const storage = (options.wrap ?? ((inner) => inner))(MemoryStorage.make(store))
  const { attest, keyStores } = options
  const context = yield* Layer.build(
    Kms.layer({ groups, ...options }).pipe(
      Layer.provide(attest === undefined ? Layer.empty : Layer.succeed(Recipients, attest)),
      Layer.provide(keyStores === undefined ? Layer.empty : Layer.succeed(KeyStoreProvider, keyStores)),
      Layer.provide(rootKey),
      Layer.provide(Layer.succeed(Storage, storage)),
      Layer.provide(options.crypto ?? Noble.layer(insecureSeeded(options.seed ?? "world"))),
      Layer.provide(audit.layer)
    )
  )
  const kms = yield* Effect.provideContext(Kms.Kms, context)
  const as = (caller: Caller | string, where: string = region): Client.Client =>
    Client.make(kms, { caller: typeof caller === "string" ? { principal: caller } : caller, region: where }, registry)
  return { kms, store, events: audit.events, as, root: as(root) }
})

/** The world's type. */
export type World = Effect.Success<ReturnType<typeof makeWorld>>

/** A new key's id. */
export const createKey = Effect.fnUntraced(
  function*(client: Client.Client, input: Parameters<Client.Client["createKey"]>[0] = {}) {
    const { KeyMetadata } = yield* client.createKey(input)
    return KeyMetadata?.KeyId ?? ""
  }
)

/** Text as bytes. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
