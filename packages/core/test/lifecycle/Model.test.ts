/** The lifecycle against a model of its own, written from kms-semantics 2.4 to 2.6: random operations, random waits. */
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import type { KeyState } from "@keystead/core/lifecycle/KeyState"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { examples, patience, run } from "../support/Property.ts"
import { after, refusalOf } from "../support/StateTable.ts"
import { account, bytes, createKey, makeWorld, region, type World } from "../support/World.ts"

const minute = 60_000
const day = 1440 * minute
const onDemandQuota = 3

interface Key {
  readonly id: string
  state: KeyState
  deletion: number | undefined
  rotation: { period: number; next: number } | undefined
  /** When each material after the first became current, and why. */
  readonly rotations: Array<string>
  readonly blobs: Array<Uint8Array>
  description: string
}

interface Model {
  now: number
  readonly keys: Array<Key>
}

interface Real {
  readonly world: World
  readonly promise: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}

type Command = fc.AsyncCommand<Model, Real>

const isGone = (key: Key, now: number) => key.deletion !== undefined && key.deletion <= now
const arnOf = ({ id }: Key) => `arn:aws:kms:${region}:${account}:key/${id}`

const rotate = (key: Key, date: number, why: string) => {
  key.rotations.push(`${why} ${date}`)
}

/** What time does by itself. */
const pass = (model: Model, now: number) => {
  model.now = now
  for (const key of model.keys) {
    while (key.state === "Enabled" && key.rotation !== undefined && key.rotation.next <= now) {
      rotate(key, key.rotation.next, "AUTOMATIC")
      key.rotation.next += key.rotation.period * day
    }
  }
}

/** What an operation does to a key whose state allows it, or how it is refused nevertheless. */
const apply = (model: Model, key: Key, operation: OperationName, number: number): string | undefined => {
  const { now } = model
  switch (operation) {
    case "EnableKey":
      // A rotation that was missed happens at once, and only once.
      if (key.state === "Disabled" && key.rotation !== undefined && key.rotation.next <= now) {
        rotate(key, now, "AUTOMATIC")
        key.rotation.next = now + key.rotation.period * day
      }
      break
    case "ScheduleKeyDeletion":
      key.deletion = now + (7 + number % 24) * day
      break
    case "CancelKeyDeletion":
      key.deletion = undefined
      break
    case "EnableKeyRotation": {
      const period = 90 + number % 3
      if (key.rotation?.period !== period) key.rotation = { period, next: now + period * day }
      break
    }
    case "DisableKeyRotation":
      key.rotation = undefined
      break
    case "RotateKeyOnDemand":
      if (key.rotation !== undefined && key.rotation.next - now <= 20 * minute) {
        return `ConflictException: An automatic rotation of ${arnOf(key)} starts within 20 minutes. Try again after it.`
      }
      if (key.rotations.filter((one) => one.startsWith("ON_DEMAND")).length >= onDemandQuota) {
        return `LimitExceededException: ${arnOf(key)} was rotated on demand ${onDemandQuota} times, which is its quota.`
      }
      rotate(key, now, "ON_DEMAND")
      break
    case "UpdateKeyDescription":
      key.description = String(number)
      break
    default:
  }
  key.state = after(operation, key.state)
  return undefined
}

/** Members for every operation; those that it does not know are ignored. */
const inputOf = (key: Key, number: number) => ({
  KeyId: key.id,
  Plaintext: bytes("x"),
  KeySpec: "AES_256",
  CiphertextBlob: key.blobs[number % Math.max(key.blobs.length, 1)] ?? bytes("none yet"),
  DestinationKeyId: key.id,
  PendingWindowInDays: 7 + number % 24,
  RotationPeriodInDays: 90 + number % 3,
  Description: String(number),
  Tags: [],
  TagKeys: []
})

const outcomeOf = (call: Effect.Effect<unknown, { readonly _tag: string; readonly message: string }>) =>
  Effect.match(call, { onFailure: ({ _tag, message }) => `${_tag}: ${message}`, onSuccess: (reply) => ({ reply }) })

/** What the service says of the key must be what the model knows. */
const compare = Effect.fnUntraced(function*(world: World, model: Model, key: Key) {
  if (isGone(key, model.now)) {
    const error = yield* Effect.flip(world.root.describeKey({ KeyId: key.id }))
    assert.strictEqual(error.message, `Key '${arnOf(key)}' does not exist`)
    return
  }
  const { KeyMetadata } = yield* world.root.describeKey({ KeyId: key.id })
  assert.strictEqual(KeyMetadata?.KeyState, key.state)
  assert.strictEqual(KeyMetadata?.Enabled, key.state === "Enabled")
  assert.strictEqual(KeyMetadata?.DeletionDate?.getTime(), key.deletion)
  assert.strictEqual(KeyMetadata?.Description, key.description)
  const { Rotations = [] } = yield* world.root.listKeyRotations({ KeyId: key.id, Limit: 1000 })
  const dates = Rotations.map(({ RotationDate, RotationType }) => `${RotationType} ${RotationDate?.getTime()}`)
  assert.deepStrictEqual(dates, key.rotations)
  const status = yield* world.root.getKeyRotationStatus({ KeyId: key.id })
  const rotation = key.state === "PendingDeletion" ? undefined : key.rotation
  assert.strictEqual(status.KeyRotationEnabled, rotation !== undefined)
  assert.strictEqual(status.RotationPeriodInDays, rotation?.period)
  assert.strictEqual(status.NextRotationDate?.getTime(), rotation?.next)
})

const create: Command = {
  check: () => true,
  run: async (model, { promise, world }) => {
    const id = await promise(createKey(world.root))
    const fresh = { deletion: undefined, rotation: undefined, rotations: [], blobs: [], description: "" }
    model.keys.push({ id, state: "Enabled", ...fresh })
  },
  toString: () => "create"
}

const waitOf = (choose: (model: Model) => number | undefined, name: string): Command => ({
  check: (model) => choose(model) !== undefined,
  run: async (model, { promise }) => {
    const now = Math.max(model.now, choose(model) ?? 0)
    await promise(TestClock.setTime(now))
    pass(model, now)
  },
  toString: () => name
})

const wait = fc.constantFrom(minute, day, 6 * day, 30 * day, 100 * day, 400 * day)
  .map((ms) => waitOf(({ now }) => now + ms, `wait ${ms / day} days`))

/** Waits to just before, at or just after what will happen to a key. */
const border = fc.tuple(
  fc.nat(),
  fc.constantFrom(-20 * minute - 1, -20 * minute, -20 * minute + 1, -1, 0, 1),
  fc.boolean()
).map(([number, offset, ofDeletion]) =>
  waitOf(({ keys }) => {
    const key = keys[number % Math.max(keys.length, 1)]
    const date = ofDeletion ? key?.deletion : key?.rotation?.next
    return date === undefined ? undefined : date + offset
  }, `wait for ${ofDeletion ? "deletion" : "rotation"} ${number} ${offset}`)
)

const maintain: Command = {
  check: () => true,
  run: async (_model, { promise, world }) => {
    await promise(world.kms.maintain)
  },
  toString: () => "maintain"
}

const call = (operation: OperationName, place: number, number: number): Command => ({
  check: ({ keys }) => keys.length > 0,
  run: async (model, { promise, world }) => {
    const key = model.keys[place % model.keys.length]
    if (key === undefined) return
    const client = world.root
    const outcome = await promise(outcomeOf(client[Client.methodName(operation)](inputOf(key, number) as never)))
    if (isGone(key, model.now)) {
      assert.match(JSON.stringify(outcome), /^"(NotFound|AccessDenied|InvalidCiphertext)Exception/)
    } else {
      // Without a ciphertext of the key there is nothing to load it by.
      const needsBlob = operation === "ReEncrypt" && key.blobs.length === 0
      const refusal = needsBlob ? "InvalidCiphertextException: " : refusalOf(operation, key.state, arnOf(key)) ??
        (operation === "Decrypt" && key.blobs.length === 0 ? "InvalidCiphertextException: " : undefined) ??
        apply(model, key, operation, number)
      if (refusal === undefined) assert.isObject(outcome, `${JSON.stringify(outcome)} of ${operation}`)
      else assert.strictEqual(outcome, refusal)
    }
    if (typeof outcome === "object" && typeof outcome.reply === "object" && outcome.reply !== null) {
      const blob: unknown = Reflect.get(outcome.reply, "CiphertextBlob")
      // Nothing encrypts under a key that is not Enabled.
      if (blob instanceof Uint8Array) {
        assert.strictEqual(key.state, "Enabled")
        key.blobs.push(blob)
      }
    }
    for (const one of model.keys) await promise(compare(world, model, one))
  },
  toString: () => `${operation} ${place} ${number}`
})

const called = fc.constantFrom<Array<OperationName>>(
  "Encrypt",
  "Decrypt",
  "ReEncrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "DescribeKey",
  "EnableKey",
  "EnableKey",
  "DisableKey",
  "DisableKey",
  "ScheduleKeyDeletion",
  "CancelKeyDeletion",
  "CancelKeyDeletion",
  "EnableKeyRotation",
  "EnableKeyRotation",
  "DisableKeyRotation",
  "RotateKeyOnDemand",
  "UpdateKeyDescription",
  "TagResource",
  "UntagResource",
  "GetKeyPolicy"
)

const calls = fc.tuple(called, fc.nat(3), fc.nat(99)).map((step) => call(...step))

describe("the lifecycle", () => {
  it("moves along the table's edges, whatever is asked and however much time passes", () =>
    fc.assert(
      fc.asyncProperty(
        fc.commands([calls, calls, calls, calls, wait, border, border, fc.constantFrom(create, maintain)], {
          maxCommands: 60,
          size: "max"
        }),
        (commands) =>
          run(Effect.gen(function*() {
            const world = yield* makeWorld({ limits: { onDemandRotationsPerKey: onDemandQuota } })
            const promise = Effect.runPromiseWith(yield* Effect.context())
            const model: Model = { now: 0, keys: [] }
            yield* Effect.promise(() => create.run(model, { world, promise }))
            yield* Effect.promise(() => fc.asyncModelRun(() => ({ model, real: { world, promise } }), commands))
          }))
      ),
      { numRuns: examples(100) }
    ), patience)
})
