import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { failureOf } from "../support/Failure.ts"
import { account, createKey, makeWorld, region } from "../support/World.ts"

const day = 86_400_000
const minute = 60_000
const arnOf = (keyId: string) => `arn:aws:kms:${region}:${account}:key/${keyId}`

describe("automatic rotation", () => {
  it.effect("is off at first, is yearly unless told otherwise, and tells when it comes next", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      const off = { KeyRotationEnabled: false, KeyId: arnOf(KeyId) }
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), off)
      assert.isUndefined(yield* root.enableKeyRotation({ KeyId }))
      const on = (period: number, next: number) => ({
        ...off,
        KeyRotationEnabled: true,
        RotationPeriodInDays: period,
        NextRotationDate: new Date(next * day)
      })
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), on(365, 365))
      yield* TestClock.adjust("10 days")
      yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 365 })
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), on(365, 365))
      yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), on(90, 100))
      yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 2560 })
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), on(2560, 2570))
      assert.isUndefined(yield* root.disableKeyRotation({ KeyId }))
      yield* root.disableKeyRotation({ KeyId })
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), off)
      yield* TestClock.adjust("9999 days")
      assert.deepStrictEqual((yield* root.listKeyRotations({ KeyId })).Rotations, [])
    }))

  it.effect("stops while a deletion is pending, and is as it was when that is called off", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      yield* TestClock.setTime(80 * day)
      yield* root.scheduleKeyDeletion({ KeyId })
      assert.deepStrictEqual(yield* root.getKeyRotationStatus({ KeyId }), {
        KeyRotationEnabled: false,
        KeyId: arnOf(KeyId)
      })
      yield* TestClock.setTime(100 * day)
      yield* root.cancelKeyDeletion({ KeyId })
      assert.deepInclude(yield* root.getKeyRotationStatus({ KeyId }), {
        KeyRotationEnabled: true,
        NextRotationDate: new Date(90 * day)
      })
      assert.deepStrictEqual((yield* root.listKeyRotations({ KeyId })).Rotations, [])
      // It was missed while the key was not enabled, and comes at once when it is.
      yield* TestClock.setTime(300 * day)
      yield* root.enableKey({ KeyId })
      const { Rotations } = yield* root.listKeyRotations({ KeyId })
      assert.deepStrictEqual(Rotations?.map(({ RotationDate }) => RotationDate), [new Date(300 * day)])
      assert.deepInclude(yield* root.getKeyRotationStatus({ KeyId }), { NextRotationDate: new Date(390 * day) })
    }))
})

describe("RotateKeyOnDemand", () => {
  it.effect("gives new material at once, and leaves the schedule as it is", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      const before = (yield* root.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId
      yield* TestClock.setTime(5 * day)
      assert.deepStrictEqual(yield* root.rotateKeyOnDemand({ KeyId }), { KeyId: arnOf(KeyId) })
      const after = (yield* root.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId
      assert.notStrictEqual(after, before)
      assert.deepInclude(yield* root.getKeyRotationStatus({ KeyId }), { NextRotationDate: new Date(90 * day) })
      const rotation = { RotationDate: new Date(5 * day), RotationType: "ON_DEMAND" as const }
      const current = { KeyId, KeyMaterialId: after, KeyMaterialState: "CURRENT" as const, ...rotation }
      assert.deepStrictEqual(yield* root.listKeyRotations({ KeyId }), { Rotations: [current], Truncated: false })
      const all = yield* root.listKeyRotations({ KeyId, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })
      assert.deepStrictEqual(all.Rotations, [
        { KeyId, KeyMaterialId: before, KeyMaterialState: "NON_CURRENT" },
        current
      ])
    }))

  it.effect("is refused from twenty minutes before an automatic rotation on", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld({ limits: { onDemandRotationsPerKey: 2 } })
      const KeyId = yield* createKey(root)
      yield* root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      const conflict = `ConflictException: An automatic rotation of ${arnOf(KeyId)} starts within 20 minutes. `
        + "Try again after it."
      yield* TestClock.setTime(90 * day - 20 * minute - 1)
      yield* root.rotateKeyOnDemand({ KeyId })
      for (const before of [20 * minute, 10 * minute, 1]) {
        yield* TestClock.setTime(90 * day - before)
        assert.strictEqual(yield* failureOf(root, "RotateKeyOnDemand", { KeyId }), conflict)
      }
      yield* TestClock.setTime(90 * day)
      yield* root.rotateKeyOnDemand({ KeyId })
      const { Rotations } = yield* root.listKeyRotations({ KeyId })
      assert.deepStrictEqual(Rotations?.map(({ RotationType }) => RotationType), [
        "ON_DEMAND",
        "AUTOMATIC",
        "ON_DEMAND"
      ])
      // Both quotas and conflicts count only where the rotation is on.
      yield* TestClock.setTime(180 * day - 1)
      assert.strictEqual(yield* failureOf(root, "RotateKeyOnDemand", { KeyId }), conflict)
      yield* root.disableKeyRotation({ KeyId })
      assert.strictEqual(
        yield* failureOf(root, "RotateKeyOnDemand", { KeyId }),
        `LimitExceededException: ${arnOf(KeyId)} was rotated on demand 2 times, which is its quota.`
      )
    }))

  it.effect("can be asked for twenty-five times in a key's life, and never more", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      for (let time = 0; time < 25; time++) yield* root.rotateKeyOnDemand({ KeyId })
      yield* TestClock.adjust("4000 days")
      assert.match(yield* failureOf(root, "RotateKeyOnDemand", { KeyId }), /^LimitExceededException: .* 25 times/)
      // Automatic rotations do not count.
      const other = yield* createKey(root)
      yield* root.enableKeyRotation({ KeyId: other, RotationPeriodInDays: 90 })
      yield* TestClock.adjust("3000 days")
      yield* root.rotateKeyOnDemand({ KeyId: other })
      assert.strictEqual((yield* root.listKeyRotations({ KeyId: other })).Rotations?.length, 34)
    }))
})
