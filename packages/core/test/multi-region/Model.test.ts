/**
 * Keys of several Regions against a model of their own, written from kms-semantics 2.4 to 2.6 and 2.9: random operations in
 * random Regions, random waits. After each, every Region must tell what the model knows, and open what any of them sealed.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { examples, patience, run } from "../support/Property.ts"
import { ids } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, type World } from "../support/World.ts"
import { arnAt, at, home, regions } from "./Support.ts"

const minute = 60_000
const day = 1440 * minute

type State = "Enabled" | "Disabled" | "PendingDeletion" | "PendingReplicaDeletion"

interface Member {
  state: State
  window: number | undefined
  date: number | undefined
}

/** The one multi-Region key of the model. */
interface Model {
  now: number
  id: string
  primary: string
  readonly members: Map<string, Member>
  rotation: { period: number; next: number } | undefined
  readonly rotations: Array<number>
  readonly blobs: Array<{ readonly blob: Uint8Array; readonly text: string }>
}

interface Real {
  readonly world: World
  readonly promise: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}

type Command = fc.AsyncCommand<Model, Real>

const replicasOf = (model: Model) => [...model.members].filter(([region]) => region !== model.primary)

/** What time does by itself. */
const pass = (model: Model, now: number) => {
  model.now = now
  const primary = model.members.get(model.primary)
  const gone = replicasOf(model).filter(([, { date = Infinity }]) => date <= now)
  for (const [region] of gone) model.members.delete(region)
  if (primary === undefined) return
  if (primary.state === "PendingReplicaDeletion" && replicasOf(model).length === 0) {
    const last = Math.max(...gone.map(([, { date = 0 }]) => date))
    primary.state = "PendingDeletion"
    primary.date = last + (primary.window ?? 0) * day
  }
  if ((primary.date ?? Infinity) <= now) model.members.delete(model.primary)
  while (primary.state === "Enabled" && model.rotation !== undefined && model.rotation.next <= now) {
    model.rotations.push(model.rotation.next)
    model.rotation.next += model.rotation.period * day
  }
}

const isPending = ({ state }: Member) => state === "PendingDeletion" || state === "PendingReplicaDeletion"

const unlessEnabled = (member: Member): string | undefined =>
  member.state === "Enabled" ? undefined : isPending(member) ? "KMSInvalidStateException" : "DisabledException"

interface Asked {
  readonly operation: Operation
  readonly region: string
  readonly other: string
  readonly number: number
}

const operations = [
  "Encrypt",
  "Encrypt",
  "ReplicateKey",
  "ReplicateKey",
  "ReplicateKey",
  "UpdatePrimaryRegion",
  "UpdatePrimaryRegion",
  "ScheduleKeyDeletion",
  "ScheduleKeyDeletion",
  "ScheduleKeyDeletion",
  "CancelKeyDeletion",
  "EnableKey",
  "EnableKey",
  "DisableKey",
  "EnableKeyRotation",
  "DisableKeyRotation",
  "RotateKeyOnDemand"
] as const

type Operation = (typeof operations)[number]

/** The refusal of an operation, or nothing, and then the model has changed. */
const apply = (model: Model, { number, operation, other, region }: Asked): string | undefined => {
  const { members, now } = model
  const member = members.get(region)
  if (member === undefined) return "NotFoundException"
  const target = members.get(other)
  const isReplica = region !== model.primary
  switch (operation) {
    case "Encrypt":
      return unlessEnabled(member)
    case "ReplicateKey": {
      const refusal = unlessEnabled(member) ?? (isReplica ? "UnsupportedOperationException" : undefined) ??
        (target === undefined ? undefined : "AlreadyExistsException")
      if (refusal === undefined) members.set(other, { state: "Enabled", window: undefined, date: undefined })
      return refusal
    }
    case "UpdatePrimaryRegion": {
      if (target === undefined) return "NotFoundException"
      const refusal = unlessEnabled(member) ?? unlessEnabled(target) ??
        (isReplica || region === other ? "UnsupportedOperationException" : undefined)
      if (refusal === undefined) model.primary = other
      return refusal
    }
    case "ScheduleKeyDeletion": {
      if (isPending(member)) return "KMSInvalidStateException"
      const waits = !isReplica && members.size > 1
      member.window = 7 + number
      member.state = waits ? "PendingReplicaDeletion" : "PendingDeletion"
      member.date = waits ? undefined : now + member.window * day
      return undefined
    }
    case "CancelKeyDeletion":
      if (!isPending(member)) return "KMSInvalidStateException"
      members.set(region, { state: "Disabled", window: undefined, date: undefined })
      return undefined
    case "EnableKey":
    case "DisableKey":
      if (isPending(member)) return "KMSInvalidStateException"
      // A rotation that was missed happens at once, and only once.
      if (operation === "EnableKey" && !isReplica && model.rotation !== undefined && model.rotation.next <= now) {
        model.rotations.push(now)
        model.rotation.next = now + model.rotation.period * day
      }
      member.state = operation === "EnableKey" ? "Enabled" : "Disabled"
      return undefined
    default:
      return unlessEnabled(member) ?? (isReplica ? "UnsupportedOperationException" : rotation(model, operation, number))
  }
}

const rotation = (model: Model, operation: Operation, number: number): string | undefined => {
  const { now } = model
  if (operation === "DisableKeyRotation") model.rotation = undefined
  if (operation === "EnableKeyRotation") {
    const period = 90 + (number % 2)
    if (model.rotation?.period !== period) model.rotation = { period, next: now + period * day }
  }
  if (operation === "RotateKeyOnDemand") {
    if (model.rotation !== undefined && model.rotation.next - now <= 20 * minute) return "ConflictException"
    model.rotations.push(now)
  }
  return undefined
}

/** What a Region tells must be what the model knows. */
const compare = Effect.fnUntraced(function*(world: World, model: Model, region: string) {
  const { id: KeyId, members } = model
  const client = at(world, region)
  const member = members.get(region)
  if (member === undefined) {
    assert.strictEqual((yield* Effect.flip(client.describeKey({ KeyId })))._tag, "NotFoundException", region)
    return
  }
  const { KeyMetadata } = yield* client.describeKey({ KeyId })
  const pendsOnReplicas = member.state === "PendingReplicaDeletion"
  assert.deepStrictEqual(
    [KeyMetadata?.KeyState, KeyMetadata?.DeletionDate?.getTime(), KeyMetadata?.PendingDeletionWindowInDays],
    [member.state, member.date, pendsOnReplicas ? member.window : undefined]
  )
  const { MultiRegionKeyType, PrimaryKey, ReplicaKeys } = KeyMetadata?.MultiRegionConfiguration ?? {}
  assert.strictEqual(MultiRegionKeyType, region === model.primary ? "PRIMARY" : "REPLICA")
  assert.deepStrictEqual(PrimaryKey, { Arn: arnAt(model.primary, KeyId), Region: model.primary })
  assert.deepStrictEqual(
    ReplicaKeys?.map(({ Region }) => Region).toSorted(),
    replicasOf(model).map(([replica]) => replica).toSorted()
  )
  const { Rotations = [] } = yield* client.listKeyRotations({ KeyId, Limit: 1000 })
  assert.deepStrictEqual(Rotations.map(({ RotationDate }) => RotationDate?.getTime()), model.rotations)
  const status = yield* client.getKeyRotationStatus({ KeyId })
  const told = isPending(member) ? undefined : model.rotation
  assert.deepStrictEqual([status.RotationPeriodInDays, status.NextRotationDate?.getTime()], [told?.period, told?.next])
  if (member.state !== "Enabled") return
  for (const { blob, text } of [...model.blobs.slice(0, 2), ...model.blobs.slice(-2)]) {
    assert.deepStrictEqual((yield* client.decrypt({ CiphertextBlob: blob })).Plaintext, bytes(text))
  }
})

const call = (asked: Asked): Command => ({
  check: () => true,
  run: async (model, { promise, world }) => {
    const text = `${model.blobs.length}`
    const { number, operation, other, region } = asked
    const input = {
      KeyId: model.id,
      Plaintext: bytes(text),
      ReplicaRegion: other,
      PrimaryRegion: other,
      PendingWindowInDays: 7 + number,
      RotationPeriodInDays: 90 + (number % 2)
    }
    const client = at(world, region)
    const effect: Effect.Effect<unknown, { readonly _tag: string }> = client[Client.methodName(operation)](input)
    const outcome = await promise(
      Effect.match(effect, { onFailure: ({ _tag }) => _tag, onSuccess: (reply) => ({ reply }) })
    )
    const refusal = apply(model, asked)
    if (refusal === undefined) assert.isObject(outcome, JSON.stringify(outcome))
    else assert.strictEqual(outcome, refusal)
    const reply = typeof outcome === "object" ? outcome.reply : undefined
    const blob: unknown = typeof reply === "object" && reply !== null ? Reflect.get(reply, "CiphertextBlob") : undefined
    if (blob instanceof Uint8Array) model.blobs.push({ blob, text })
    for (const one of regions) await promise(compare(world, model, one))
  },
  toString: () => `${asked.operation} in ${asked.region} (${asked.other}, ${asked.number})`
})

const waitOf = (choose: (model: Model) => number | undefined, name: string): Command => ({
  check: (model) => choose(model) !== undefined,
  run: async (model, { promise, world }) => {
    const now = Math.max(model.now, choose(model) ?? 0)
    await promise(TestClock.setTime(now))
    pass(model, now)
    for (const one of regions) await promise(compare(world, model, one))
  },
  toString: () => name
})

const wait = fc.constantFrom(minute, day, 6 * day, 30 * day, 100 * day)
  .map((ms) => waitOf(({ now }) => now + ms, `wait ${ms / day} days`))

/** Waits to just before, at or just after what will happen. */
const border = fc.tuple(fc.constantFrom(...regions, "rotation"), fc.constantFrom(-1, 0, 1)).map(([what, offset]) =>
  waitOf(({ members, rotation }) => {
    const date = what === "rotation" ? rotation?.next : members.get(what)?.date
    return date === undefined ? undefined : date + offset
  }, `wait for ${what} ${offset}`)
)

const maintain: Command = {
  check: () => true,
  run: async (model, { promise, world }) => {
    await promise(world.kms.maintain)
    const expected = [...model.members.keys()].map((region) => `key/${account}/${region}/${model.id}`)
    assert.deepStrictEqual(await promise(ids(world, "key/")), expected.toSorted())
    if (model.members.size === 0) assert.deepStrictEqual(await promise(ids(world, "due/")), [])
  },
  toString: () => "maintain"
}

const calls = fc.record({
  operation: fc.constantFrom<Array<Operation>>(...operations),
  region: fc.constantFrom(...regions),
  other: fc.constantFrom(...regions),
  number: fc.nat(5)
}).map(call)

describe("a multi-Region key", () => {
  it("is one key for what is sealed with it, and as many as there are Regions for all else", () =>
    fc.assert(
      fc.asyncProperty(
        fc.commands([calls, calls, calls, calls, wait, border, border, fc.constant(maintain)], {
          maxCommands: 50,
          size: "max"
        }),
        (commands) =>
          run(Effect.gen(function*() {
            const world = yield* makeWorld()
            const promise = Effect.runPromiseWith(yield* Effect.context())
            const id = yield* createKey(world.root, { MultiRegion: true })
            const model: Model = {
              now: 0,
              id,
              primary: home,
              members: new Map([[home, { state: "Enabled", window: undefined, date: undefined }]]),
              rotation: undefined,
              rotations: [],
              blobs: []
            }
            yield* Effect.promise(() => fc.asyncModelRun(() => ({ model, real: { world, promise } }), commands))
            // However long nobody looked, nothing of a key is left when all of it is to go.
            yield* TestClock.adjust(1000 * day)
            pass(model, model.now + 1000 * day)
            yield* Effect.promise(() => maintain.run(model, { world, promise }))
          }))
      ),
      { numRuns: examples(100) }
    ), patience)
})
