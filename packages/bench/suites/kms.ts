/** What a call costs beyond the cryptography in it. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import * as CounterDerivation from "@keystead/core/crypto/CounterDerivation"
import { make as derivedRootKey } from "@keystead/core/crypto/DerivedRootKey"
import { pooledRandom } from "@keystead/core/crypto/PooledRandom"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { rootArn } from "@keystead/core/domain/Arn"
import * as Kms from "@keystead/core/Kms"
import { groups, registry } from "@keystead/core/operations/Registry"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { openKms } from "@keystead/runtime-node/OpenKms"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import {
  type CipherKey,
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomBytes,
  randomFillSync
} from "node:crypto"
import {
  awaited,
  type Contender,
  inFiber,
  measure,
  nanoseconds,
  type Samples,
  timesFaster
} from "../framework/Measure.ts"
import { atLeast, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"

const place = { account: "111122223333", region: "us-east-1" }
const plaintext = new Uint8Array(32).fill(7)
/** As many bytes as Keystead authenticates: a header of 131, and no encryption context. */
const header = new Uint8Array(131).fill(1)
const keptEvents = 1000

const operations = ["GenerateDataKey", "Encrypt", "Decrypt"] as const
type Operation = (typeof operations)[number]

/** What each operation is, bare: a fresh salt, the derivation from a prepared HMAC state, AES-256-GCM. */
const bareWith = (keyOf: (bytes: Uint8Array) => CipherKey): Readonly<Record<Operation, Effect.Effect<unknown>>> => {
  const random = pooledRandom(randomFillSync)
  const derivation = CounterDerivation.make(randomBytes(32))
  const derived = (salt: Uint8Array) => {
    const fixedInput = new Uint8Array(42)
    fixedInput.set(salt, 22)
    return derivation.derive(fixedInput, 76)
  }
  const seal = (clear: Uint8Array) =>
    Effect.map(Effect.suspend(() => derived(random(16))), (bytes) => {
      const cipher = createCipheriv("aes-256-gcm", keyOf(bytes.subarray(0, 32)), bytes.subarray(32, 44))
      cipher.setAAD(header)
      const sealed = cipher.update(clear)
      cipher.final()
      return { sealed, tag: cipher.getAuthTag() }
    })
  const salt = random(16)
  const bytes = Effect.runSync(derived(salt))
  const cipher = createCipheriv("aes-256-gcm", bytes.subarray(0, 32), bytes.subarray(32, 44)).setAAD(header)
  const sealed = cipher.update(plaintext)
  cipher.final()
  const tag = cipher.getAuthTag()
  const open = Effect.map(Effect.suspend(() => derived(salt)), (bytes) => {
    const decipher = createDecipheriv("aes-256-gcm", keyOf(bytes.subarray(0, 32)), bytes.subarray(32, 44))
    decipher.setAAD(header)
    decipher.setAuthTag(tag)
    const opened = decipher.update(sealed)
    decipher.final()
    return opened
  })
  return { GenerateDataKey: Effect.suspend(() => seal(random(32))), Encrypt: seal(plaintext), Decrypt: open }
}

const layer = () =>
  Kms.layer({ groups }).pipe(
    Layer.provide(Layer.effect(RootKey, Effect.suspend(() => derivedRootKey(randomBytes(32))))),
    Layer.provide(MemoryStorage.layer),
    Layer.provide(NodeCrypto.layer),
    Layer.provide(AuditSink.memory(keptEvents).layer)
  )

/** The operations of an Effect program. */
const asEffects = async (): Promise<Readonly<Record<Operation, Effect.Effect<unknown>>>> => {
  const kms = await Effect.runPromise(Effect.provide(Kms.Kms, layer()))
  const client = Client.make(kms, { caller: { principal: rootArn(place) }, region: place.region }, registry)
  const made = await Effect.runPromise(client.createKey())
  const KeyId = made.KeyMetadata?.KeyId ?? ""
  const { CiphertextBlob } = await Effect.runPromise(client.encrypt({ KeyId, Plaintext: plaintext }))
  return {
    GenerateDataKey: client.generateDataKey({ KeyId, KeySpec: "AES_256" }).pipe(Effect.orDie),
    Encrypt: client.encrypt({ KeyId, Plaintext: plaintext }).pipe(Effect.orDie),
    Decrypt: client.decrypt({ CiphertextBlob }).pipe(Effect.orDie)
  }
}

/** The operations of a program that knows Promises. */
const asPromises = async (): Promise<Readonly<Record<Operation, () => Promise<unknown>>>> => {
  const events: Array<unknown> = []
  let next = 0
  const kms = await openKms({
    ...place,
    audit: (event) => {
      events[next++ % keptEvents] = event
    }
  })
  const made = await kms.createKey()
  const KeyId = made.KeyMetadata?.KeyId ?? ""
  const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: plaintext })
  return {
    GenerateDataKey: () => kms.generateDataKey({ KeyId, KeySpec: "AES_256" }),
    Encrypt: () => kms.encrypt({ KeyId, Plaintext: plaintext }),
    Decrypt: () => kms.decrypt({ CiphertextBlob })
  }
}

const result = (
  samples: Samples,
  { against, name, of = name, target = null }: {
    readonly name: string
    /** The contender, if it has another name. */
    readonly of?: string
    readonly against?: string
    readonly target?: Result["target"]
  }
): Result => ({
  name,
  value: 1e9 / nanoseconds(samples, of),
  unit: "calls/s",
  against: against ?? null,
  ratio: against === undefined ? null : timesFaster(samples, of, against),
  target
})

const run = async (): Promise<ReadonlyArray<Result>> => {
  const bare = bareWith((bytes) => bytes)
  const tuned = bareWith(createSecretKey)
  const effects = await asEffects()
  const promises = await asPromises()
  const results: Array<Result> = []
  for (const operation of operations) {
    const names = {
      bare: `${operation}, bare`,
      tuned: `${operation}, bare, key object`,
      effect: operation,
      promise: `${operation}, openKms`
    }
    const contenders: ReadonlyArray<Contender> = [
      { name: names.bare, batch: inFiber(bare[operation]) },
      { name: names.tuned, batch: inFiber(tuned[operation]) },
      { name: names.effect, batch: inFiber(effects[operation]) },
      { name: names.promise, batch: awaited(promises[operation]) }
    ]
    const samples = await measure(contenders)
    results.push(
      result(samples, { name: names.bare }),
      result(samples, { name: names.effect, against: names.bare, target: atLeast(0.7) }),
      result(samples, { name: names.promise, against: names.bare, target: atLeast(0.7) }),
      result(samples, { name: `${operation}, against key objects`, of: names.effect, against: names.tuned }),
      result(samples, { name: names.tuned })
    )
  }
  return results
}

export const suite: Suite = {
  title: "Calls in process",
  about: [
    "Data keys and plaintexts of 32 bytes, in process, with the memory store. A call is everything that a call is: its "
    + "input is checked, the key is loaded, the key policy is asked, the material is lent from the cache of unwrapped "
    + "ones, the audit event is made and kept in memory (the last 1,000). Calls follow each other in one fiber of an Effect "
    + "program; *openKms* is the Promise facade, each call awaited.",
    "*Bare* is the cryptography of the same call and nothing else: a fresh salt from the same entropy pool "
    + "(GenerateDataKey: and the data key), the same key derivation from an HMAC state prepared once, and "
    + "`createCipheriv` or `createDecipheriv` under the derived bytes. Nothing is put together to a ciphertext blob.",
    "Node starts a cipher from a key object much faster than from bytes, and Keystead makes use of that. *Key object* is "
    + "the bare call that does the same, which nobody has asked Keystead to come near: what is left between the two is "
    + "the price of a call beyond its cryptography."
  ],
  run
}
