/** The states that pass by themselves, and the deletion of keys of several Regions. */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { contentOf, ids } from "../support/Tamper.ts"
import { bytes, createKey } from "../support/World.ts"
import { abroad, arnAt, failure, far, home, metadata, replicated } from "./Support.ts"

const day = 86_400_000

const stateOf = (client: Client, KeyId: string) =>
  Effect.map(
    metadata(client, KeyId),
    (told) => [told?.KeyState, told?.DeletionDate?.getTime(), told?.PendingDeletionWindowInDays]
  )

const typeOf = (client: Client, KeyId: string) =>
  Effect.map(metadata(client, KeyId), (told) => {
    const { MultiRegionKeyType, PrimaryKey, ReplicaKeys } = told?.MultiRegionConfiguration ?? {}
    return [
      MultiRegionKeyType,
      PrimaryKey?.Region,
      ...(ReplicaKeys ?? []).map(({ Region }) => String(Region)).toSorted()
    ]
  })

const slow = { limits: { multiRegionSettling: 5000 } }

describe("Creating and Updating", () => {
  it.effect("take as long as the embedder says: a replica that is being created is managed, and not used", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad], slow)
      const there = client(abroad)
      const creating = `KMSInvalidStateException: ${arnAt(abroad, KeyId)} is creating.`
      assert.deepStrictEqual((yield* stateOf(there, KeyId))[0], "Creating")
      assert.strictEqual(yield* failure(there.encrypt({ KeyId, Plaintext: bytes("x") })), creating)
      assert.strictEqual(yield* failure(there.disableKey({ KeyId })), creating)
      yield* there.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] })
      yield* TestClock.adjust(4999)
      assert.strictEqual(yield* failure(there.encrypt({ KeyId, Plaintext: bytes("x") })), creating)
      assert.strictEqual(yield* failure(world.root.updatePrimaryRegion({ KeyId, PrimaryRegion: abroad })), creating)
      yield* TestClock.adjust(1)
      yield* there.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* there.disableKey({ KeyId })
      yield* TestClock.adjust("1 day")
      assert.deepStrictEqual((yield* stateOf(there, KeyId))[0], "Disabled")
    }))

  it.effect("of both keys of an UpdatePrimaryRegion let them be used, and not be enabled, disabled or replicated", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad], slow)
      yield* TestClock.adjust("1 day")
      yield* world.root.updatePrimaryRegion({ KeyId, PrimaryRegion: abroad })
      for (const where of [home, abroad]) {
        const updating = `KMSInvalidStateException: ${arnAt(where, KeyId)} is updating.`
        assert.strictEqual((yield* stateOf(client(where), KeyId))[0], "Updating")
        yield* client(where).encrypt({ KeyId, Plaintext: bytes("x") })
        assert.strictEqual(yield* failure(client(where).disableKey({ KeyId })), updating)
        assert.strictEqual(yield* failure(client(where).replicateKey({ KeyId, ReplicaRegion: far })), updating)
      }
      // Back again before it has settled: what comes out of it is the state of before.
      yield* client(abroad).updatePrimaryRegion({ KeyId, PrimaryRegion: home })
      yield* TestClock.adjust(5000)
      for (const where of [home, abroad]) assert.strictEqual((yield* stateOf(client(where), KeyId))[0], "Enabled")
      yield* world.root.replicateKey({ KeyId, ReplicaRegion: far })
    }))

  it.effect("do not come back after a deletion that was called off", () =>
    Effect.gen(function*() {
      const { KeyId, in: client } = yield* replicated([abroad], slow)
      yield* client(abroad).scheduleKeyDeletion({ KeyId })
      yield* client(abroad).cancelKeyDeletion({ KeyId })
      yield* TestClock.adjust("1 day")
      assert.strictEqual((yield* stateOf(client(abroad), KeyId))[0], "Disabled")
    }))

  it.effect("let a rotation that falls due meanwhile happen once", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad], { limits: { multiRegionSettling: 100 * day } })
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      yield* TestClock.adjust("90 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 1, deleted: 0, expired: 0 })
      const { Rotations } = yield* client(abroad).listKeyRotations({ KeyId })
      assert.lengthOf(Rotations ?? [], 1)
    }))
})

describe("UpdatePrimaryRegion", () => {
  it.effect("moves what only the primary may do, and the rotations with it", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad, far])
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      yield* world.root.updatePrimaryRegion({ KeyId, PrimaryRegion: abroad })
      assert.deepStrictEqual(yield* typeOf(client(home), KeyId), ["REPLICA", abroad, far, home])
      assert.deepStrictEqual(yield* typeOf(client(abroad), KeyId), ["PRIMARY", abroad, far, home])
      assert.deepStrictEqual(yield* typeOf(client(far), KeyId), ["REPLICA", abroad, far, home])
      assert.deepStrictEqual(yield* ids(world, "due/"), [
        `due/1970-04-01T00:00:00.000Z/111122223333/${abroad}/${KeyId}`
      ])
      yield* TestClock.adjust("90 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 1, deleted: 0, expired: 0 })
      assert.match(yield* failure(world.root.rotateKeyOnDemand({ KeyId })), /is not a multi-region primary key\.$/)
      yield* client(abroad).rotateKeyOnDemand({ KeyId })
      assert.lengthOf((yield* world.root.listKeyRotations({ KeyId })).Rotations ?? [], 2)
    }))

  it.effect("refuses what cannot be", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad])
      const single = yield* createKey(world.root)
      const update = (client: Client, KeyId: string, PrimaryRegion: string) =>
        failure(client.updatePrimaryRegion({ KeyId, PrimaryRegion }))
      assert.strictEqual(
        yield* update(world.root, KeyId, far),
        `NotFoundException: Key '${arnAt(far, KeyId)}' does not exist`
      )
      assert.strictEqual(
        yield* update(world.root, KeyId, home),
        `UnsupportedOperationException: ${arnAt(home, KeyId)} is the primary key already.`
      )
      assert.strictEqual(
        yield* update(world.root, single, home),
        `UnsupportedOperationException: ${arnAt(home, single)} is not a multi-region primary key.`
      )
      assert.strictEqual(
        yield* update(client(abroad), KeyId, home),
        `UnsupportedOperationException: ${arnAt(abroad, KeyId)} is not a multi-region primary key.`
      )
      yield* client(abroad).disableKey({ KeyId })
      assert.strictEqual(
        yield* update(world.root, KeyId, abroad),
        `DisabledException: ${arnAt(abroad, KeyId)} is disabled.`
      )
    }))

  it.effect("needs permission on both keys", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad, far])
      const bob = "arn:aws:iam::111122223333:user/bob"
      const policy = (more: ReadonlyArray<object>) =>
        JSON.stringify({
          Statement: [{
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::111122223333:root" },
            Action: "kms:*",
            Resource: "*"
          }, ...more]
        })
      const allowed = {
        Effect: "Allow",
        Principal: { AWS: bob },
        Action: "kms:UpdatePrimaryRegion",
        Resource: "*",
        Condition: { StringEquals: { "kms:PrimaryRegion": abroad } }
      }
      const asBob = (PrimaryRegion: string) => world.as(bob).updatePrimaryRegion({ KeyId, PrimaryRegion })
      yield* client(home).putKeyPolicy({ KeyId, Policy: policy([allowed]) })
      assert.strictEqual(
        yield* failure(asBob(abroad)),
        `AccessDeniedException: User: ${bob} is not authorized to perform: kms:UpdatePrimaryRegion on resource: ${
          arnAt(abroad, KeyId)
        }`
      )
      yield* client(abroad).putKeyPolicy({ KeyId, Policy: policy([allowed]) })
      assert.match(yield* failure(asBob(far)), /^AccessDeniedException/)
      yield* asBob(abroad)
    }))
})

describe("deleting", () => {
  it.effect("a primary waits until its last replica is gone, and then for its own window", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad, far])
      const reply = yield* world.root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 10 })
      assert.deepStrictEqual(reply, {
        KeyId: arnAt(home, KeyId),
        KeyState: "PendingReplicaDeletion",
        PendingWindowInDays: 10
      })
      assert.deepStrictEqual(yield* stateOf(world.root, KeyId), ["PendingReplicaDeletion", undefined, 10])
      assert.strictEqual(
        yield* failure(world.root.encrypt({ KeyId, Plaintext: bytes("x") })),
        `KMSInvalidStateException: ${arnAt(home, KeyId)} is pending replica deletion.`
      )
      yield* client(abroad).encrypt({ KeyId, Plaintext: bytes("x") })
      yield* client(abroad).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 20 })
      yield* TestClock.adjust("100 days")
      assert.deepStrictEqual(yield* typeOf(world.root, KeyId), ["PRIMARY", home, far])
      assert.deepStrictEqual(yield* stateOf(world.root, KeyId), ["PendingReplicaDeletion", undefined, 10])
      yield* client(far).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* TestClock.adjust(7 * day - 1)
      assert.deepStrictEqual(yield* stateOf(world.root, KeyId), ["PendingReplicaDeletion", undefined, 10])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* stateOf(world.root, KeyId), ["PendingDeletion", 117 * day, undefined])
      assert.deepStrictEqual(yield* typeOf(world.root, KeyId), ["PRIMARY", home])
      yield* TestClock.adjust(10 * day - 1)
      yield* metadata(world.root, KeyId)
      yield* TestClock.adjust(1)
      assert.match(yield* failure(world.root.describeKey({ KeyId })), /^NotFoundException/)
    }))

  it.effect("leaves nothing behind, of keys nor of their aliases, in whichever Region they were", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad, far])
      for (const where of [home, abroad, far]) {
        yield* client(where).createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
        yield* client(where).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      }
      yield* TestClock.adjust("7 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 2, expired: 0 })
      assert.deepStrictEqual((yield* client(home).listAliases()).Aliases?.map(({ AliasName }) => AliasName), [
        "alias/a"
      ])
      yield* TestClock.adjust(7 * day - 1)
      assert.lengthOf((yield* client(home).listAliases()).Aliases ?? [], 1)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual((yield* client(home).listAliases()).Aliases, [])
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 1, expired: 0 })
      assert.deepStrictEqual(
        yield* ids(world),
        [home, abroad, far].map((where) => `count/111122223333/${where}`).toSorted()
      )
    }))

  it.effect("of the last replica can be called off, and then the primary and its aliases stay", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad])
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* world.root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* client(abroad).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* client(abroad).cancelKeyDeletion({ KeyId })
      yield* TestClock.adjust("100 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 0, expired: 0 })
      assert.lengthOf((yield* world.root.listAliases()).Aliases ?? [], 1)
      assert.deepStrictEqual(yield* stateOf(client(abroad), KeyId), ["Disabled", undefined, undefined])
      yield* world.root.cancelKeyDeletion({ KeyId })
      assert.deepStrictEqual(yield* stateOf(world.root, KeyId), ["Disabled", undefined, undefined])
    }))

  it.effect("of a replica leaves its place to another, whether or not it is still stored", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad], { limits: { keysPerRegion: 2 } })
      yield* client(abroad).createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* client(abroad).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* TestClock.adjust("7 days")
      yield* world.root.replicateKey({ KeyId, ReplicaRegion: abroad })
      assert.deepStrictEqual(yield* ids(world, "alias/"), [])
      assert.deepStrictEqual(yield* typeOf(world.root, KeyId), ["PRIMARY", home, abroad])
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 0, expired: 0 })
      yield* createKey(client(abroad))
      assert.match(yield* failure(client(abroad).createKey()), /^LimitExceededException/)
    }))

  it.effect("of a replica makes room for another in its Region, with all that is shared and nothing that was its own", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad], { limits: { keysPerRegion: 1 } })
      const { CiphertextBlob = bytes("") } = yield* client(abroad).encrypt({ KeyId, Plaintext: bytes("x") })
      yield* client(abroad).createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* client(abroad).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      const again = world.root.replicateKey({ KeyId, ReplicaRegion: abroad, Description: "again" })
      assert.match(yield* failure(again), /^AlreadyExistsException/)
      yield* TestClock.adjust("7 days")
      yield* world.root.rotateKeyOnDemand({ KeyId })
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 1, expired: 0 })
      const record = yield* contentOf(world, `key/111122223333/${home}/${KeyId}`)
      assert.deepStrictEqual(Reflect.get(Object(record), "multiRegion"), { primary: home, replicas: [] })
      yield* again
      assert.deepStrictEqual(yield* typeOf(world.root, KeyId), ["PRIMARY", home, abroad])
      assert.deepStrictEqual((yield* client(abroad).listAliases()).Aliases, [])
      assert.deepStrictEqual((yield* client(abroad).decrypt({ CiphertextBlob })).Plaintext, bytes("x"))
      assert.strictEqual((yield* metadata(client(abroad), KeyId))?.Description, "again")
    }))
})
