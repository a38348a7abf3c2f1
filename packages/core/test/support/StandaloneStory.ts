/**
 * The story of the demo, without files, over the one-file core. It is plain ECMAScript, since its text runs in QuickJS
 * as well as here: time and randomness are handed in, and nothing is awaited that needs a host.
 */
import type * as Standalone from "../../src/Standalone.ts"

interface Step {
  readonly name: string
  readonly error?: string
  readonly message?: string
  readonly reply?: unknown
}

export const story = (core: typeof Standalone) => {
  const { AuditSink, Client, Clock, DerivedRootKey, Effect, KeyPolicy, KeyStore } = core
  const { Kms, Layer, Noble, Ref, Result, RootKey, SeededRandom, Storage, Symmetric } = core
  const account = "111122223333"
  const region = "eu-west-1"
  const arn = (name: string) => `arn:aws:iam::${account}:${name}`
  const day = 24 * 60 * 60 * 1000
  let now = Date.UTC(2026, 0, 1)
  const clock: Standalone.Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: () => BigInt(now) * 1000000n,
    currentTimeNanos: Effect.sync(() => BigInt(now) * 1000000n),
    monotonicTimeNanosUnsafe: () => BigInt(now) * 1000000n,
    monotonicTimeNanos: Effect.sync(() => BigInt(now) * 1000000n),
    sleep: () => Effect.void
  }
  const ref = Ref.makeUnsafe(KeyStore.empty)
  const storage: Standalone.Storage.Storage["Service"] = {
    read: (ids) => Effect.map(Ref.get(ref), (store) => KeyStore.read(store, ids)),
    scan: (range) => Effect.map(Ref.get(ref), (store) => KeyStore.scan(store, range)),
    commit: (changes) =>
      Effect.suspend(() => {
        const committed = KeyStore.commit(Ref.getUnsafe(ref), changes)
        return Result.isFailure(committed) ? Effect.fail(committed.failure) : Ref.set(ref, committed.success)
      })
  }
  const audit = AuditSink.memory(1000)
  const layer = Kms.layer({ groups: [Symmetric.symmetric] }).pipe(
    Layer.provide(Layer.effect(RootKey.RootKey, Effect.suspend(() => DerivedRootKey.make(new Uint8Array(32).fill(9))))),
    Layer.provide(Layer.succeed(Storage.Storage, storage)),
    Layer.provide(Noble.layer(SeededRandom.insecureSeeded("story"))),
    Layer.provide(audit.layer)
  )

  /** As JSON has it, bytes as lists of numbers. */
  const show = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value ?? null, (_, member: unknown) => member instanceof Uint8Array ? Array.from(member) : member)
    )

  const program = Effect.gen(function*() {
    const kms = yield* Kms.Kms
    const as = (name: string) =>
      Client.make(kms, { caller: { principal: arn(name) }, region }, Symmetric.symmetric.operations)
    const [root, ada, bob, eve] = [as("root"), as("user/ada"), as("user/bob"), as("user/eve")] as const
    const steps: Array<Step> = []
    const step = Effect.fnUntraced(function*<A, E extends { readonly _tag: string; readonly message: string }>(
      name: string,
      call: Standalone.Effect.Effect<A, E>
    ) {
      const result = yield* Effect.result(call)
      if (Result.isFailure(result)) {
        steps.push({ name, error: result.failure._tag, message: result.failure.message })
        return undefined
      }
      steps.push({ name, reply: show(result.success) })
      return result.success
    })

    const Policy = KeyPolicy.keyPolicy({ account, administrators: [arn("user/ada")], users: [arn("user/bob")] })
    const made = yield* step("create", root.createKey({ Policy, Description: "Payroll" }))
    const KeyId = made?.KeyMetadata?.KeyId ?? ""
    yield* step("alias", root.createAlias({ AliasName: "alias/payroll", TargetKeyId: KeyId }))
    const EncryptionContext = { department: "pay", city: "Zürich" }
    const Plaintext = Uint8Array.from({ length: 100 }, (_, index) => index)
    const sealed = yield* step("encrypt", bob.encrypt({ KeyId: "alias/payroll", Plaintext, EncryptionContext }))
    const CiphertextBlob = sealed?.CiphertextBlob
    yield* step("decrypt", bob.decrypt({ CiphertextBlob, EncryptionContext }))
    yield* step("decrypt with another context", bob.decrypt({ CiphertextBlob }))
    yield* step("encrypt without permission", eve.encrypt({ KeyId, Plaintext }))
    yield* step("data key", bob.generateDataKey({ KeyId, KeySpec: "AES_256" }))
    yield* step("rotate", ada.rotateKeyOnDemand({ KeyId }))
    yield* step("rotate by itself", ada.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 }))
    now += 365 * day
    yield* step("rotations of a year", ada.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" }))
    yield* step("decrypt what is old", bob.decrypt({ CiphertextBlob, EncryptionContext }))
    yield* step(
      "re-encrypt",
      bob.reEncrypt({ CiphertextBlob, SourceEncryptionContext: EncryptionContext, DestinationKeyId: "alias/payroll" })
    )
    yield* step("disable", ada.disableKey({ KeyId }))
    yield* step("encrypt while disabled", bob.encrypt({ KeyId, Plaintext }))
    yield* step("enable", ada.enableKey({ KeyId }))
    yield* step("schedule deletion", ada.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 }))
    yield* step("decrypt while pending", bob.decrypt({ CiphertextBlob, EncryptionContext }))
    now += 7 * day
    yield* step("describe what is gone", root.describeKey({ KeyId }))
    yield* step("maintain", kms.maintain)
    const records = KeyStore.scan(Ref.getUnsafe(ref), { prefix: "", limit: 100 })
    return { steps, events: audit.events().map(show), records: records.map(show) }
  })
  return Effect.runSync(program.pipe(Effect.provide(layer), Effect.provideService(Clock.Clock, clock)))
}
