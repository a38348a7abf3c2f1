/** What a call costs beyond the cryptography in it. */
import * as AuditSink from "@keystead/core/audit/AuditSink"
import * as Client from "@keystead/core/Client"
import * as CounterDerivation from "@keystead/core/crypto/CounterDerivation"
import { make as derivedRootKey } from "@keystead/core/crypto/DerivedRootKey"
import { RootKey } from "@keystead/core/crypto/RootKey"
import { rootArn } from "@keystead/core/domain/Arn"
import * as Kms from "@keystead/core/Kms"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import { openKms } from "@keystead/runtime-node/OpenKms"
import { pooledRandom } from "@keystead/runtime-node/PooledRandom"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type CipherKey, createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto"
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
  const random = pooledRandom()
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
  Kms.layer().pipe(
    Layer.provide(Layer.effect(RootKey, Effect.suspend(() => derivedRootKey(randomBytes(32))))),
    Layer.provide(MemoryStorage.layer),
    Layer.provide(NodeCrypto.layer),
    Layer.provide(AuditSink.memory(keptEvents).layer)
  )

/** The operations of an Effect program. */
const asEffects = async (): Promise<Readonly<Record<Operation, Effect.Effect<unknown>>>> => {
  const kms = await Effect.runPromise(Effect.provide(Kms.Kms, layer()))
  const client = Client.make(kms, { caller: { principal: rootArn(place) }, region: place.region })
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
  name: string,
  against: string | null,
  target: Result["target"]
): Result => ({
  name,
  value: 1e9 / nanoseconds(samples, name),
  unit: "calls/s",
  against,
  ratio: against === null ? null : timesFaster(samples, name, against),
  target
})

const run = async (): Promise<ReadonlyArray<Result>> => {
  const bare = bareWith((bytes) => bytes)
  const tuned = bareWith(createSecretKey)
  const effects = await asEffects()
  const promises = await asPromises()
  const results: Array<Result> = []
  for (const operation of operations) {
    const contenders: ReadonlyArray<Contender> = [
      { name: `${operation}, bare`, batch: inFiber(bare[operation]) },
      { name: `${operation}, bare, key object`, batch: inFiber(tuned[operation]) },
      { name: operation, batch: inFiber(effects[operation]) },
      { name: `${operation}, openKms`, batch: awaited(promises[operation]) }
    ]
    const samples = await measure(contenders)
    const against = `${operation}, bare`
    results.push(
      result(samples, against, null, null),
      result(samples, operation, against, atLeast(0.7)),
      result(samples, `${operation}, openKms`, against, atLeast(0.7)),
      result(samples, `${operation}, bare, key object`, against, null)
    )
  }
  return results
}

export const suite: Suite = {
  title: "Calls in process",
  about: [],
  run
}
