/** GetKeyLastUsage: what counts as using a key, where it is kept, and what it costs. Source: kms-semantics 2.9. */
import { KeyLastUsageTrackingOperation } from "@aws-sdk/client-kms"
import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import * as Client from "@keystead/core/Client"
import { StorageError } from "@keystead/core/Errors"
import { lastUsage } from "@keystead/core/groups/LastUsage"
import { symmetric } from "@keystead/core/groups/Symmetric"
import { LastUsages } from "@keystead/core/interpreter/LastUsages"
import { makeUsageNotes, mostNoted } from "@keystead/core/interpreter/UsageNotes"
import { cryptographic } from "@keystead/core/lifecycle/Row"
import type { LoadedKey } from "@keystead/core/operations/Operation"
import { operations, registry } from "@keystead/core/operations/Registry"
import type { Storage } from "@keystead/core/storage/Storage"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { failureOf } from "../support/Failure.ts"
import { history, replay, tightLimits } from "../support/Histories.ts"
import { wrappingKinds } from "../support/Importing.ts"
import { prepare } from "../support/Inputs.ts"
import { holds, patience } from "../support/Property.ts"
import { ids, put, reseal } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, region, root, user, type World } from "../support/World.ts"

const recordOf = (keyId: string, where = region) => `usage/${account}/${where}/${keyId}`

/** The ids of the records that say when keys were last used. */
const usages = (world: World) => Effect.map(ids(world, "usage/"), (found) => [...found])

/** Counts what is committed, and fails to commit last usages while it is told to. */
const counting = (fails: () => boolean = () => false) => {
  const count = { commits: 0 }
  const failure = new StorageError({ reason: "Full", message: "The disk is full." })
  const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
    ...inner,
    commit: (changes) => Effect.suspend(() => fails() ? Effect.fail(failure) : (count.commits++, inner.commit(changes)))
  })
  return { count, wrap }
}

/** What counts, as AWS has it. */
const counted = Object.values(KeyLastUsageTrackingOperation)
const tracked = new Set<string>(counted)

const lastOf = (world: World, KeyId: string) =>
  Effect.map(world.root.getKeyLastUsage({ KeyId }), ({ KeyLastUsage }) => KeyLastUsage)

const requestOf = (world: World) => world.events().at(-1)?.requestID

describe("the last usage of a key", () => {
  it("counts AWS's operations, which are those that use key material", () => {
    const using = operations.filter(({ name, states }) => states === cryptographic && name !== "GetPublicKey")
    assert.sameMembers(using.map(({ name }) => name), counted)
    assert.sameMembers(operations.filter(({ countsAsUse }) => countsAsUse).map(({ name }) => name), counted)
  })

  it.effect("is empty of a key that was never used, whatever else was done with it", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* TestClock.adjust(5000)
      const KeyId = yield* createKey(world.root, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })
      yield* world.root.getPublicKey({ KeyId })
      yield* world.root.describeKey({ KeyId })
      yield* world.root.disableKey({ KeyId })
      assert.deepStrictEqual(yield* world.root.getKeyLastUsage({ KeyId }), {
        KeyId,
        KeyLastUsage: {},
        TrackingStartDate: new Date(5000),
        KeyCreationDate: new Date(5000)
      })
    }))

  for (const operation of counted) {
    it.effect(`is told after ${operation}, and not after one that failed or was dry`, () =>
      Effect.gen(function*() {
        const world = yield* makeWorld({ kinds: wrappingKinds })
        const { KeyId, input } = yield* prepare(world.root, operation)
        yield* TestClock.adjust(1000)
        const before = yield* lastOf(world, KeyId)
        yield* failureOf(world.root, operation, { ...input, DryRun: true })
        yield* failureOf(world.as(user("eve")), operation, input)
        assert.deepStrictEqual(yield* lastOf(world, KeyId), before)
        const call: Effect.Effect<unknown, unknown> = world.root[Client.methodName(operation)](input as never)
        yield* call
        const expected = { Operation: operation, Timestamp: new Date(1000), KmsRequestId: requestOf(world) }
        assert.deepStrictEqual(yield* lastOf(world, KeyId), expected)
        yield* world.kms.maintain
        assert.deepStrictEqual(yield* lastOf(world, KeyId), expected)
      }))
  }

  it.effect("is of both keys after ReEncrypt, and of each Region's key by itself", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [from, to] = [yield* createKey(world.root), yield* createKey(world.root, { MultiRegion: true })]
      yield* world.root.replicateKey({ KeyId: to, ReplicaRegion: "us-east-1" })
      yield* TestClock.adjust(60_000)
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: from, Plaintext: bytes("x") })
      yield* TestClock.adjust(1000)
      const { CiphertextBlob: moved } = yield* world.root.reEncrypt({ CiphertextBlob, DestinationKeyId: to })
      const expected = { Operation: "ReEncrypt" as const, Timestamp: new Date(61_000), KmsRequestId: requestOf(world) }
      for (const KeyId of [from, to]) assert.deepStrictEqual(yield* lastOf(world, KeyId), expected)
      const there = world.as(root, "us-east-1")
      assert.deepStrictEqual((yield* there.getKeyLastUsage({ KeyId: to })).KeyLastUsage, {})
      yield* TestClock.adjust(1000)
      yield* there.decrypt({ CiphertextBlob: moved })
      assert.strictEqual((yield* there.getKeyLastUsage({ KeyId: to })).KeyLastUsage?.Operation, "Decrypt")
      assert.deepStrictEqual(yield* lastOf(world, to), expected)
      yield* world.kms.maintain
      assert.sameMembers(yield* usages(world), [
        recordOf(from),
        recordOf(to),
        recordOf(to, "us-east-1"),
        "usage/since"
      ])
    }))

  it.effect("is asked for by its own action, by id and ARN, in the own account, in every state", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      assert.match(
        yield* failureOf(world.as(user("eve")), "GetKeyLastUsage", { KeyId }),
        /^AccessDeniedException: .* kms:GetKeyLastUsage on resource: /
      )
      assert.match(yield* failureOf(world.root, "GetKeyLastUsage", { KeyId: "alias/a" }), /^NotFoundException: /)
      yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* world.root.scheduleKeyDeletion({ KeyId })
      assert.strictEqual((yield* lastOf(world, KeyId))?.Operation, "Encrypt")
      const arn = `arn:aws:kms:${region}:${account}:key/${KeyId}`
      assert.strictEqual((yield* world.root.getKeyLastUsage({ KeyId: arn })).KeyId, KeyId)
    }))
})

describe("using a key", () => {
  it.effect("writes nothing: maintenance does, once, and the end", () =>
    Effect.gen(function*() {
      const { count, wrap } = counting()
      const store = yield* Effect.scoped(Effect.gen(function*() {
        const world = yield* makeWorld({ wrap })
        const KeyId = yield* createKey(world.root)
        const commits = count.commits
        for (let time = 0; time < 20; time++) yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
        assert.strictEqual(count.commits, commits)
        yield* world.kms.maintain
        assert.strictEqual(count.commits, commits + 1)
        yield* world.kms.maintain
        assert.strictEqual(count.commits, commits + 1)
        yield* TestClock.adjust(1000)
        yield* world.root.generateDataKey({ KeyId, KeySpec: "AES_256" })
        return { store: world.store, commits, KeyId }
      }))
      assert.strictEqual(count.commits, store.commits + 2)
      const reopened = yield* makeWorld({ store: store.store, seed: "again" })
      const { Operation, Timestamp } = (yield* lastOf(reopened, store.KeyId)) ?? {}
      assert.deepStrictEqual([Operation, Timestamp], ["GenerateDataKey", new Date(1000)])
    }))

  it.effect("of very many keys persists before the notes take too much room, and fails nobody if it cannot", () =>
    Effect.gen(function*() {
      const notes = yield* makeUsageNotes
      const used = (arn: string) => ({
        operation: registry.Encrypt,
        asked: { now: 1, requestId: "x" },
        keys: [{ arn } as LoadedKey]
      })
      for (let count = 1; count < mostNoted; count++) assert.isFalse(notes.note(used(`arn ${count}`)))
      assert.isTrue(notes.note(used("one more")))

      let failing = false
      const { count, wrap } = counting(() => failing)
      const services = Effect.map(
        makeUsageNotes,
        (notes) => {
          const { noted, persist, since } = notes
          const note: LastUsages["note"] = (call) => (notes.note(call), true)
          return Context.make(LastUsages, { noted, persist, since, note })
        }
      )
      const full = yield* makeWorld({ wrap, groups: [symmetric, { ...lastUsage, services }] })
      const KeyId = yield* createKey(full.root)
      yield* full.root.encrypt({ KeyId, Plaintext: bytes("x") })
      assert.strictEqual(count.commits, 2)
      assert.include(yield* usages(full), recordOf(KeyId))
      failing = true
      yield* TestClock.adjust(1)
      yield* full.root.encrypt({ KeyId, Plaintext: bytes("x") })
      assert.strictEqual((yield* Effect.flip(full.kms.maintain))._tag, "StorageError")
      failing = false
      yield* full.kms.maintain
      assert.strictEqual((yield* lastOf(full, KeyId))?.Timestamp?.getTime(), 1)
    }))
})

describe("last usages", () => {
  it(
    "are those of the audit events, whenever they are persisted",
    () =>
      holds(
        fc.record({ steps: history(50), maintained: fc.func(fc.boolean()) }),
        ({ maintained, steps }) =>
          Effect.gen(function*() {
            const world = yield* makeWorld({ limits: tightLimits })
            yield* replay(world, steps, (index) => maintained(index) ? world.kms.maintain : Effect.void)
            const last = new Map<string, AuditEvent>()
            for (const event of world.events()) {
              if (event.errorCode !== undefined || !tracked.has(event.eventName)) continue
              for (const { ARN } of event.resources) last.set(ARN, event)
            }
            const { Keys = [] } = yield* world.root.listKeys()
            for (const { KeyArn = "", KeyId = "" } of Keys) {
              const answer = yield* Effect.option(world.root.getKeyLastUsage({ KeyId }))
              // Its policy may let nobody see it any more.
              if (Option.isNone(answer)) continue
              const event = last.get(KeyArn)
              assert.deepStrictEqual(
                answer.value.KeyLastUsage,
                event === undefined ? {} : {
                  Operation: event.eventName as "Encrypt",
                  Timestamp: new Date(event.eventTime),
                  KmsRequestId: event.requestID
                }
              )
            }
          }),
        { numRuns: 30 }
      ),
    patience
  )

  it.effect("go with their key, and do not come after it", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [one, two] = [yield* createKey(world.root), yield* createKey(world.root)]
      for (const KeyId of [one, two]) yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* world.kms.maintain
      for (const KeyId of [one, two]) {
        yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
        yield* world.root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      }
      yield* TestClock.adjust(7 * 24 * 60 * 60 * 1000)
      yield* world.kms.maintain
      assert.deepStrictEqual(yield* usages(world), ["usage/since"])
    }))

  it.effect("are not persisted of a key that goes at that moment", () =>
    Effect.gen(function*() {
      let going = ""
      const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
        ...inner,
        commit: (changes) =>
          Effect.suspend(() => {
            const id = going
            going = ""
            return id === ""
              ? inner.commit(changes)
              : Effect.andThen(inner.commit([{ _tag: "Remove", id }]), inner.commit(changes))
          })
      })
      const world = yield* makeWorld({ wrap })
      const [KeyId, other] = [yield* createKey(world.root), yield* createKey(world.root)]
      for (const id of [KeyId, other]) yield* world.root.encrypt({ KeyId: id, Plaintext: bytes("x") })
      going = `key/${account}/${region}/${KeyId}`
      const maintained = yield* Effect.forkChild(world.kms.maintain)
      yield* TestClock.adjust(1000)
      yield* Fiber.join(maintained)
      assert.sameMembers(yield* usages(world), [recordOf(other), "usage/since"])
    }))

  it.effect("of two processes: the later one counts, in whatever order they are persisted", () =>
    Effect.gen(function*() {
      for (const order of [[0, 1], [1, 0]]) {
        const first = yield* makeWorld()
        const second = yield* makeWorld({ store: first.store, seed: "second" })
        const KeyId = yield* createKey(first.root)
        yield* first.root.encrypt({ KeyId, Plaintext: bytes("x") })
        yield* TestClock.adjust(1000)
        yield* second.root.generateDataKey({ KeyId, KeySpec: "AES_128" })
        for (const index of order) yield* (index === 0 ? first : second).kms.maintain
        for (const world of [first, second]) {
          assert.strictEqual((yield* lastOf(world, KeyId))?.Operation, "GenerateDataKey")
        }
      }
    }))

  it.effect("are tracked from the day on that somebody takes note, and keys from their creation", () =>
    Effect.gen(function*() {
      const before = yield* makeWorld({ groups: [symmetric] })
      const KeyId = yield* createKey(before.root)
      yield* before.root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* TestClock.setTime(5000)
      const tracking = Effect.fnUntraced(function*(seed: string) {
        const world = yield* makeWorld({ store: before.store, seed })
        return { world, told: yield* world.root.getKeyLastUsage({ KeyId }) }
      })
      const { told, world } = yield* tracking("one")
      const dates = { TrackingStartDate: new Date(5000), KeyCreationDate: new Date(0) }
      assert.deepStrictEqual(told, { KeyId, KeyLastUsage: {}, ...dates })
      yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* world.kms.maintain
      yield* TestClock.setTime(9000)
      const later = yield* tracking("two")
      assert.deepStrictEqual(later.told.TrackingStartDate, dates.TrackingStartDate)
      const young = yield* createKey(later.world.root)
      const { TrackingStartDate } = yield* later.world.root.getKeyLastUsage({ KeyId: young })
      assert.deepStrictEqual(TrackingStartDate, new Date(9000))
    }))

  it.effect("of a key that had the same id before are not told", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* TestClock.setTime(5000)
      const KeyId = yield* createKey(world.root)
      yield* reseal(world, recordOf(KeyId), { operation: "Sign", time: 4999, requestId: "x" })
      assert.deepStrictEqual(yield* lastOf(world, KeyId), {})
      yield* reseal(world, recordOf(KeyId), { operation: "Sign", time: 5000, requestId: "x" })
      assert.strictEqual((yield* lastOf(world, KeyId))?.Operation, "Sign")
    }))

  it.effect("that were tampered with are not told, and keep nothing else from being persisted", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [KeyId, other] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* world.kms.maintain
      yield* put(world, recordOf(KeyId), { mac: "x", content: { operation: "Sign", time: 1, requestId: "x" } })
      for (const id of [KeyId, other]) yield* world.root.encrypt({ KeyId: id, Plaintext: bytes("x") })
      yield* world.kms.maintain
      assert.match(yield* failureOf(world.root, "GetKeyLastUsage", { KeyId }), /^IntegrityError: /)
      assert.strictEqual((yield* lastOf(world, other))?.Operation, "Encrypt")
      assert.include(yield* usages(world), recordOf(other))
    }))

  it.effect("of more keys than fit in a commit are all persisted", () =>
    Effect.gen(function*() {
      const { count, wrap } = counting()
      const world = yield* makeWorld({ wrap })
      const keys = yield* Effect.forEach(Array.from({ length: 101 }), () => createKey(world.root))
      for (const KeyId of keys) yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      const commits = count.commits
      yield* world.kms.maintain
      assert.strictEqual(count.commits, commits + 2)
      assert.sameMembers(yield* usages(world), [...keys.map((KeyId) => recordOf(KeyId)), "usage/since"])
    }))

  it.effect("are in the way of nothing: without their group there are none", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ groups: [symmetric] })
      const KeyId = yield* createKey(world.root)
      yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* world.kms.maintain
      assert.deepStrictEqual(yield* usages(world), [])
      assert.strictEqual((yield* Effect.flip(world.kms.named("GetKeyLastUsage")))._tag, "UnsupportedOperationException")
    }))
})
