/**
 * Imported material of multi-Region keys: new material comes in at the primary, the same in each Region, and the rotation of
 * the primary makes it current in all. Source: AWS KMS API, ImportKeyMaterial and KeyMaterialState; kms-semantics 2.7.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { failureOf } from "../support/Failure.ts"
import { forEver, importMaterial, wrapped } from "../support/Importing.ts"
import { bytes, createKey, root, type World } from "../support/World.ts"
import { importWorld, materialsOf, random, stateOf } from "./Support.ts"

const [home, abroad, far] = ["eu-west-1", "us-east-1", "ap-southeast-2"] as const
const fresh = { ...forEver, ImportType: "NEW_KEY_MATERIAL" } as const
const arnIn = (where: string, keyId: string) => `arn:aws:kms:${where}:111122223333:key/${keyId}`

/** A key in these Regions besides its home, its first material imported in all of them. */
const replicated = Effect.fnUntraced(function*(...where: ReadonlyArray<string>) {
  const world = yield* importWorld()
  const KeyId = yield* createKey(world.root, { Origin: "EXTERNAL", MultiRegion: true })
  const first = random(32)
  yield* importMaterial(world.root, KeyId, first)
  const clients = where.map((one) => world.as(root, one))
  for (const ReplicaRegion of where) yield* world.root.replicateKey({ KeyId, ReplicaRegion })
  for (const client of clients) {
    assert.strictEqual(yield* stateOf(client, KeyId), "PendingImport")
    yield* importMaterial(client, KeyId, first)
    assert.strictEqual(yield* stateOf(client, KeyId), "Enabled")
  }
  return { world, KeyId, first, clients: [world.root, ...clients] }
})

/** The state of what is pending, and whether it is there, in each Region. */
const pendingIn = (clients: ReadonlyArray<Client>, KeyId: string) =>
  Effect.forEach(clients, (client) =>
    Effect.map(materialsOf(client, KeyId), (materials) => {
      const pending = materials.find(({ state }) => state?.startsWith("PENDING"))
      return pending && [String(pending.state), String(pending.imported)]
    }))

const none = (KeyId: string) =>
  `KMSInvalidStateException: No available key material pending rotation for the key: ${arnIn(home, KeyId)}.`
const waiting = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
const rotateIn = (world: World, KeyId: string) => failureOf(world.root, "RotateKeyOnDemand", { KeyId })

describe("new material of a multi-Region key", () => {
  it.effect("waits until every Region has it, and becomes current in all with the primary's rotation", () =>
    Effect.gen(function*() {
      const { KeyId, clients, world } = yield* replicated(abroad, far)
      const second = random(32)
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("old") })
      yield* importMaterial(world.root, KeyId, second, fresh)
      const missing = [waiting, "PENDING_IMPORT"]
      assert.deepStrictEqual(yield* pendingIn(clients, KeyId), [[waiting, "IMPORTED"], missing, missing])
      assert.strictEqual(yield* rotateIn(world, KeyId), none(KeyId))
      yield* importMaterial(world.as(root, abroad), KeyId, second)
      assert.deepStrictEqual(yield* pendingIn(clients, KeyId), [[waiting, "IMPORTED"], [waiting, "IMPORTED"], missing])
      assert.strictEqual(yield* rotateIn(world, KeyId), none(KeyId))
      yield* importMaterial(world.as(root, far), KeyId, second)
      const ready = ["PENDING_ROTATION", "IMPORTED"]
      assert.deepStrictEqual((yield* pendingIn(clients, KeyId))[0], ready)
      assert.match(
        yield* failureOf(world.as(root, far), "RotateKeyOnDemand", { KeyId }),
        /^UnsupportedOperationException: .* is not a multi-region primary key\.$/
      )
      yield* world.root.rotateKeyOnDemand({ KeyId })
      const [mine, ...others] = yield* Effect.forEach(clients, (client) => materialsOf(client, KeyId))
      assert.deepStrictEqual(mine?.map(({ state }) => state), ["NON_CURRENT", "CURRENT"])
      for (const other of others) assert.deepStrictEqual(other, mine)
      const { CiphertextBlob: made } = yield* world.as(root, abroad).encrypt({ KeyId, Plaintext: bytes("new") })
      for (const client of clients) {
        assert.strictEqual(yield* stateOf(client, KeyId), "Enabled")
        assert.deepStrictEqual((yield* client.decrypt({ CiphertextBlob: made })).Plaintext, bytes("new"))
        assert.deepStrictEqual((yield* client.decrypt({ CiphertextBlob })).Plaintext, bytes("old"))
      }
    }))

  it.effect("comes in at the primary first", () =>
    Effect.gen(function*() {
      const { KeyId, world } = yield* replicated(abroad)
      const replica = world.as(root, abroad)
      const sent = yield* wrapped(replica, KeyId, random(32))
      assert.strictEqual(
        yield* failureOf(replica, "ImportKeyMaterial", { ...sent, ...fresh }),
        `UnsupportedOperationException: ${
          arnIn(abroad, KeyId)
        } is not a multi-region primary key: import new key material `
          + "into the primary key first."
      )
      assert.match(yield* failureOf(replica, "ImportKeyMaterial", { ...sent, ...forEver }), /^IncorrectKeyMaterial/)
      // A token is of one Region.
      const here = yield* wrapped(world.root, KeyId, random(32))
      assert.match(yield* failureOf(replica, "ImportKeyMaterial", { ...here, ...forEver }), /^InvalidImportToken/)
    }))

  it.effect("goes everywhere when the primary's is deleted, and here only when a replica's is", () =>
    Effect.gen(function*() {
      const { KeyId, clients, world } = yield* replicated(abroad)
      const [second, replica] = [random(32), world.as(root, abroad)]
      const { KeyMaterialId } = yield* importMaterial(world.root, KeyId, second, fresh)
      yield* importMaterial(replica, KeyId, second)
      yield* replica.deleteImportedKeyMaterial({ KeyId, KeyMaterialId })
      assert.deepStrictEqual(yield* pendingIn(clients, KeyId), [[waiting, "IMPORTED"], [waiting, "PENDING_IMPORT"]])
      assert.strictEqual(yield* stateOf(replica, KeyId), "Enabled")
      assert.strictEqual(yield* rotateIn(world, KeyId), none(KeyId))
      yield* importMaterial(replica, KeyId, second)
      yield* world.root.deleteImportedKeyMaterial({ KeyId, KeyMaterialId })
      assert.deepStrictEqual(yield* pendingIn(clients, KeyId), [undefined, undefined])
      const third = random(32)
      yield* importMaterial(world.root, KeyId, third, fresh)
      yield* importMaterial(replica, KeyId, third)
      yield* world.root.rotateKeyOnDemand({ KeyId })
      // What belongs to the key for good is each Region's own, too.
      yield* replica.deleteImportedKeyMaterial({ KeyId })
      assert.deepStrictEqual(yield* Effect.forEach(clients, (client) => stateOf(client, KeyId)), [
        "Enabled",
        "PendingImport"
      ])
    }))

  it.effect("expires in each Region at its own time, at the millisecond", () =>
    Effect.gen(function*() {
      for (const maintained of [false, true]) {
        const { KeyId, clients, world } = yield* replicated(abroad)
        const [second, replica] = [random(32), world.as(root, abroad)]
        const settle = maintained ? world.kms.maintain : Effect.void
        yield* TestClock.setTime(maintained ? 10_000 : 0)
        const start = maintained ? 10_000 : 0
        yield* importMaterial(world.root, KeyId, second, {
          ValidTo: new Date(start + 3000),
          ImportType: "NEW_KEY_MATERIAL"
        })
        yield* importMaterial(replica, KeyId, second, { ValidTo: new Date(start + 1000) })
        yield* TestClock.setTime(start + 999)
        assert.strictEqual((yield* pendingIn(clients, KeyId))[0]?.[0], "PENDING_ROTATION")
        yield* TestClock.setTime(start + 1000)
        yield* settle
        assert.deepStrictEqual(yield* pendingIn(clients, KeyId), [[waiting, "IMPORTED"], [waiting, "PENDING_IMPORT"]])
        assert.strictEqual(yield* rotateIn(world, KeyId), none(KeyId))
        yield* importMaterial(replica, KeyId, second)
        assert.strictEqual((yield* pendingIn(clients, KeyId))[0]?.[0], "PENDING_ROTATION")
        yield* TestClock.setTime(start + 3000)
        yield* settle
        assert.strictEqual((yield* pendingIn(clients, KeyId))[0], undefined)
        const third = random(32)
        yield* importMaterial(world.root, KeyId, third, fresh)
        yield* importMaterial(replica, KeyId, third)
        yield* world.root.rotateKeyOnDemand({ KeyId })
      }
    }))

  it.effect("is waited for in Regions that come later, and not in those that go", () =>
    Effect.gen(function*() {
      const { KeyId, first, world } = yield* replicated(abroad)
      const [second, replica, later] = [random(32), world.as(root, abroad), world.as(root, far)]
      yield* importMaterial(world.root, KeyId, second, fresh)
      yield* importMaterial(replica, KeyId, second)
      yield* world.root.replicateKey({ KeyId, ReplicaRegion: far })
      assert.strictEqual(yield* rotateIn(world, KeyId), none(KeyId))
      yield* importMaterial(later, KeyId, first)
      yield* later.scheduleKeyDeletion({ KeyId })
      yield* world.root.rotateKeyOnDemand({ KeyId })
      yield* later.cancelKeyDeletion({ KeyId })
      assert.strictEqual(yield* stateOf(later, KeyId), "PendingImport")
      yield* importMaterial(later, KeyId, second)
      assert.strictEqual(yield* stateOf(later, KeyId), "Enabled")
    }))

  it.effect("stays pending when another Region becomes the primary", () =>
    Effect.gen(function*() {
      const { KeyId, world } = yield* replicated(abroad)
      const [second, replica] = [random(32), world.as(root, abroad)]
      yield* importMaterial(world.root, KeyId, second, fresh)
      yield* world.root.updatePrimaryRegion({ KeyId, PrimaryRegion: abroad })
      assert.match(
        yield* failureOf(replica, "RotateKeyOnDemand", { KeyId }),
        /No available key material pending rotation/
      )
      yield* importMaterial(replica, KeyId, second)
      yield* replica.rotateKeyOnDemand({ KeyId })
      assert.deepStrictEqual(yield* materialsOf(world.root, KeyId), yield* materialsOf(replica, KeyId))
      assert.strictEqual(yield* stateOf(world.root, KeyId), "Enabled")
    }))
})
