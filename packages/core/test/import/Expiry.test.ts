/** Imported material expires at its millisecond, whether or not anybody looks, and whether or not maintenance ran. */
import { assert, describe, it } from "@effect/vitest"
import type { KeyRecord } from "@keystead/core/domain/KeyRecord"
import { advance, nextEvent } from "@keystead/core/lifecycle/Advance"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { failureOf } from "../support/Failure.ts"
import { forEver, importMaterial } from "../support/Importing.ts"
import { contentOf, ids, records } from "../support/Tamper.ts"
import { bytes, type World } from "../support/World.ts"
import { arnOf, externalKey, importWorld, materialsOf, random, recordOf, stateOf } from "./Support.ts"

const day = 86_400_000
const nothing = { rotated: 0, deleted: 0, expired: 0 }

const stored = (world: World, keyId: string) =>
  Effect.map(contentOf(world, recordOf(keyId)), (content) => JSON.stringify(content))

/** A key whose only material expires at `validTo`, and something that it encrypted. */
const expiring = Effect.fnUntraced(function*(validTo: number) {
  const world = yield* importWorld()
  const KeyId = yield* externalKey(world.root)
  const material = random(32)
  yield* importMaterial(world.root, KeyId, material, { ValidTo: new Date(validTo), KeyMaterialDescription: "d" })
  const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
  return { world, KeyId, material, CiphertextBlob }
})

describe("imported material", () => {
  for (const maintained of [false, true]) {
    it.effect(`expires at its millisecond, ${maintained ? "with" : "without"} maintenance`, () =>
      Effect.gen(function*() {
        const { CiphertextBlob, KeyId, material, world } = yield* expiring(12_345)
        const { root } = world
        const settle = maintained ? world.kms.maintain : Effect.succeed(nothing)
        yield* TestClock.setTime(12_344)
        assert.deepStrictEqual(yield* settle, nothing)
        yield* root.decrypt({ CiphertextBlob })
        assert.deepStrictEqual(yield* ids(world, "due/"), [
          `due/1970-01-01T00:00:12.345Z/111122223333/eu-west-1/${KeyId}`
        ])
        yield* TestClock.setTime(12_345)
        assert.deepStrictEqual(yield* settle, { ...nothing, expired: maintained ? 1 : 0 })
        const waits = `KMSInvalidStateException: ${arnOf(KeyId)} is pending import.`
        assert.strictEqual(yield* failureOf(root, "Decrypt", { CiphertextBlob }), waits)
        assert.strictEqual(yield* failureOf(root, "Encrypt", { KeyId, Plaintext: bytes("x") }), waits)
        const { KeyMetadata } = yield* root.describeKey({ KeyId })
        assert.strictEqual(KeyMetadata?.KeyState, "PendingImport")
        assert.isDefined(KeyMetadata?.CurrentKeyMaterialId)
        for (const member of ["ExpirationModel", "ValidTo"]) assert.notProperty(KeyMetadata, member)
        assert.deepInclude((yield* materialsOf(root, KeyId))[0], {
          state: "CURRENT",
          imported: "PENDING_IMPORT",
          validTo: undefined
        })
        // Looking at it wrote nothing: only maintenance, or a change of the key, erases what is stored.
        assert.strictEqual((yield* stored(world, KeyId)).includes("wrapped"), !maintained)
        yield* root.updateKeyDescription({ KeyId, Description: "" })
        assert.strictEqual((yield* stored(world, KeyId)).includes("wrapped"), false)
        assert.deepStrictEqual(yield* ids(world, "due/"), [])
        assert.deepStrictEqual(yield* settle, nothing)
        yield* importMaterial(root, KeyId, material)
        assert.deepStrictEqual((yield* root.decrypt({ CiphertextBlob })).Plaintext, bytes("x"))
        yield* TestClock.adjust(9999 * day)
        yield* root.decrypt({ CiphertextBlob })
      }))
  }

  it.effect("that is imported again lasts as long as was said last", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, KeyId, material, world } = yield* expiring(1000)
      yield* importMaterial(world.root, KeyId, material, { ValidTo: new Date(5000) })
      assert.lengthOf(yield* ids(world, "due/"), 1)
      yield* TestClock.setTime(4999)
      assert.deepStrictEqual(yield* world.kms.maintain, nothing)
      yield* world.root.decrypt({ CiphertextBlob })
      yield* importMaterial(world.root, KeyId, material)
      assert.deepStrictEqual(yield* ids(world, "due/"), [])
      yield* TestClock.setTime(5000)
      yield* world.root.decrypt({ CiphertextBlob })
    }))

  it.effect("that is pending its rotation leaves nothing behind, and the key as it was", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      yield* importMaterial(world.root, KeyId, random(32))
      const said = { ValidTo: new Date(1000), ImportType: "NEW_KEY_MATERIAL" } as const
      yield* importMaterial(world.root, KeyId, random(32), said)
      yield* TestClock.setTime(1000)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "Enabled")
      assert.lengthOf(yield* materialsOf(world.root, KeyId), 1)
      assert.match(
        yield* failureOf(world.root, "RotateKeyOnDemand", { KeyId }),
        /No available key material pending rotation/
      )
      assert.deepStrictEqual(yield* world.kms.maintain, { ...nothing, expired: 1 })
      assert.notInclude(yield* stored(world, KeyId), "pendingMaterial")
      yield* importMaterial(world.root, KeyId, random(32), { ...forEver, ImportType: "NEW_KEY_MATERIAL" })
      yield* world.root.rotateKeyOnDemand({ KeyId })
    }))

  it.effect("that is older makes the whole key wait, and the first date is the one that is told", () =>
    Effect.gen(function*() {
      const world = yield* importWorld()
      const KeyId = yield* externalKey(world.root)
      const first = random(32)
      yield* importMaterial(world.root, KeyId, first, { ValidTo: new Date(2000) })
      yield* importMaterial(world.root, KeyId, random(32), { ValidTo: new Date(3000), ImportType: "NEW_KEY_MATERIAL" })
      yield* world.root.rotateKeyOnDemand({ KeyId })
      const told = Effect.map(world.root.describeKey({ KeyId }), ({ KeyMetadata }) => KeyMetadata?.ValidTo?.getTime())
      assert.strictEqual(yield* told, 2000)
      yield* TestClock.setTime(2000)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "PendingImport")
      assert.strictEqual(yield* told, 3000)
      assert.deepStrictEqual(yield* world.kms.maintain, { ...nothing, expired: 1 })
      yield* importMaterial(world.root, KeyId, first)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "Enabled")
      yield* TestClock.setTime(3000)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "PendingImport")
    }))

  it.effect("expires in a disabled key, and in one that is pending its deletion, too", () =>
    Effect.gen(function*() {
      const { KeyId, world } = yield* expiring(1000)
      yield* world.root.disableKey({ KeyId })
      yield* TestClock.setTime(1000)
      assert.strictEqual(yield* stateOf(world.root, KeyId), "PendingImport")
      const other = yield* externalKey(world.root)
      yield* importMaterial(world.root, other, random(32), { ValidTo: new Date(2 * day) })
      yield* world.root.scheduleKeyDeletion({ KeyId: other, PendingWindowInDays: 7 })
      yield* TestClock.setTime(2 * day)
      assert.strictEqual(yield* stateOf(world.root, other), "PendingDeletion")
      assert.strictEqual((yield* world.kms.maintain).expired, 2)
      assert.notInclude(yield* stored(world, other), "wrapped")
      assert.strictEqual(yield* stateOf(world.root, other), "PendingDeletion")
      yield* TestClock.setTime(9 * day)
      assert.deepStrictEqual(yield* world.kms.maintain, { ...nothing, deleted: 1 })
      assert.deepStrictEqual(yield* ids(world, "due/"), [])
    }))

  it.effect("is erased once, however many maintain at once", () =>
    Effect.gen(function*() {
      const { world } = yield* expiring(1000)
      yield* TestClock.setTime(1000)
      const done = yield* Effect.all(Array.from({ length: 5 }, () => world.kms.maintain), { concurrency: "unbounded" })
      assert.strictEqual(done.reduce((sum, { expired }) => sum + expired, 0), 1)
      const before = yield* records(world)
      yield* world.kms.maintain
      assert.deepStrictEqual(yield* records(world), before)
    }))
})

describe("advance", () => {
  const material = fc.record({
    id: fc.constantFrom("a", "b", "c"),
    wrapped: fc.option(fc.constant("w"), { nil: undefined }),
    validTo: fc.option(fc.nat(20), { nil: undefined })
  }).map(({ id, validTo, wrapped }) => ({
    id,
    ...(wrapped === undefined ? {} : { wrapped, ...(validTo === undefined ? {} : { validTo }) })
  }))
  const key: fc.Arbitrary<KeyRecord> = fc.record({
    materials: fc.array(material, { maxLength: 4 }),
    pending: fc.option(material, { nil: undefined }),
    state: fc.constantFrom("Enabled", "Disabled", "PendingImport", "PendingDeletion"),
    origin: fc.constantFrom("EXTERNAL", "EXTERNAL", "AWS_KMS")
  }).map(({ materials, origin, pending, state }) => ({
    account: "111122223333",
    region: "eu-west-1",
    keyId: "k",
    keySpec: "SYMMETRIC_DEFAULT",
    keyUsage: "ENCRYPT_DECRYPT",
    origin,
    keyManager: "CUSTOMER",
    created: 0,
    description: "",
    state,
    policy: "",
    tags: [],
    aliases: [],
    materials,
    ...(pending === undefined ? {} : { pendingMaterial: pending }),
    ...(state === "PendingDeletion" ? { deletion: { date: 30, windowInDays: 7 } } : {})
  }))

  it("takes away what has expired and nothing else, in one step or in many", () => {
    fc.assert(fc.property(key, fc.nat(25), fc.nat(25), (key, one, other) => {
      const [early, late] = [Math.min(one, other), Math.max(one, other)]
      const now = advance(key, late)
      assert.deepStrictEqual(advance(advance(key, early), late), now)
      assert.strictEqual(advance(now, late), now)
      if (key.origin === "AWS_KMS") return assert.strictEqual(now, key)
      assert.deepStrictEqual(now.materials.map(({ id }) => id), key.materials.map(({ id }) => id))
      for (const [at, { validTo, wrapped }] of key.materials.entries()) {
        const stays = wrapped !== undefined && (validTo === undefined || validTo > late)
        assert.strictEqual(now.materials[at]?.wrapped !== undefined, stays)
      }
      const next = nextEvent(now)
      assert.isTrue(next === undefined || next > late)
      const due = [...key.materials, ...(key.pendingMaterial ? [key.pendingMaterial] : [])].some(({ validTo }) =>
        validTo !== undefined && validTo <= late
      )
      assert.strictEqual(now === key, !due)
      return undefined
    }))
  })
})
