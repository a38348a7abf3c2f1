import { assert, describe, it } from "@effect/vitest"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { sinceId } from "@keystead/core/domain/LastUsage"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { history, replay, tightLimits, withoutChance } from "../support/Histories.ts"
import { holds, patience } from "../support/Property.ts"
import { ids, put } from "../support/Tamper.ts"
import { bytes, createKey, makeWorld, type World } from "../support/World.ts"

/** Gives key ids the same bytes whether or not a rotation took some of its own in between: each length has its stream. */
const crypto = () => {
  const streams = new Map<number, Noble.RandomSource>()
  return Noble.layer((length) => {
    const stream = streams.get(length) ?? insecureSeeded(`maintenance ${length}`)
    streams.set(length, stream)
    return stream(length)
  })
}

/**
 * What is in the store, but for the day since when it keeps last usages: that is written with the first of them, and a key
 * that was gone before anybody persisted has none.
 */
const kept = (world: World) => Effect.map(ids(world), (found) => found.filter((id) => id !== sinceId))

describe("maintenance", () => {
  it("makes no difference to any answer, whenever it runs", () =>
    holds(
      fc.record({ steps: history(60), maintained: fc.func(fc.boolean()) }),
      ({ maintained, steps }) =>
        Effect.gen(function*() {
          const [lazy, eager] = [
            yield* makeWorld({ crypto: crypto(), limits: tightLimits }),
            yield* makeWorld({ crypto: crypto(), limits: tightLimits })
          ]
          const without = yield* replay(lazy, steps)
          yield* TestClock.setTime(0)
          const withIt = yield* replay(
            eager,
            steps,
            (index) => maintained(index) ? eager.kms.maintain : Effect.void
          )
          assert.deepStrictEqual(withoutChance(withIt), withoutChance(without))
          yield* lazy.kms.maintain
          yield* eager.kms.maintain
          assert.deepStrictEqual(yield* kept(eager), yield* kept(lazy))
        })
    ), patience)

  it.effect("leaves an alias alone that was given to another key when its own was gone", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [first, second] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: first })
      yield* world.root.scheduleKeyDeletion({ KeyId: first, PendingWindowInDays: 7 })
      yield* TestClock.adjust("7 days")
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: second })
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 1, expired: 0 })
      const { KeyMetadata } = yield* world.root.describeKey({ KeyId: "alias/a" })
      assert.strictEqual(KeyMetadata?.KeyId, second)
    }))

  it.effect("is not needed for a key that is gone to leave its place to another", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ limits: { keysPerRegion: 1 } })
      const keyId = yield* createKey(world.root)
      yield* world.root.scheduleKeyDeletion({ KeyId: keyId, PendingWindowInDays: 7 })
      yield* TestClock.adjust("6 days")
      assert.strictEqual((yield* Effect.flip(world.root.createKey()))._tag, "LimitExceededException")
      yield* TestClock.adjust("1 day")
      yield* world.root.createKey()
      assert.strictEqual((yield* Effect.flip(world.root.createKey()))._tag, "LimitExceededException")
    }))

  it.effect("takes a key away with its material, aliases, tags and index, and nothing else", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* createKey(world.root)
      const before = yield* ids(world)
      const keyId = yield* createKey(world.root, { Tags: [{ TagKey: "a", TagValue: "b" }] })
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: keyId })
      yield* world.root.createAlias({ AliasName: "alias/b", TargetKeyId: keyId })
      yield* world.root.enableKeyRotation({ KeyId: keyId })
      yield* world.root.scheduleKeyDeletion({ KeyId: keyId, PendingWindowInDays: 7 })
      yield* TestClock.adjust("7 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 1, expired: 0 })
      assert.deepStrictEqual(yield* ids(world), before)
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 0, expired: 0 })
    }))

  it.effect("goes through more than fits on a page of the index, and only what fell due", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keys: Array<string> = []
      for (let index = 0; index < 250; index++) {
        const keyId = yield* createKey(world.root)
        keys.push(keyId)
        if (index % 2 === 0) yield* world.root.enableKeyRotation({ KeyId: keyId, RotationPeriodInDays: 100 })
        else yield* world.root.scheduleKeyDeletion({ KeyId: keyId, PendingWindowInDays: index < 9 ? 30 : 7 })
      }
      yield* TestClock.adjust("29 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 121, expired: 0 })
      yield* TestClock.adjust("71 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 125, deleted: 4, expired: 0 })
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 0, expired: 0 })
    }), 20_000)

  it.effect("takes entries out of the index that are not so, foreign ones too", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keyId = yield* createKey(world.root)
      yield* world.root.enableKeyRotation({ KeyId: keyId, RotationPeriodInDays: 90 })
      const foreign = Array.from({ length: 300 }, (_, index) => `due/!${index}`)
      const future = "due/~"
      const stale = `due/1970-01-01T00:00:00.000Z/111122223333/eu-west-1/${keyId}`
      for (const id of [...foreign, stale, future]) yield* put(world, id, {})
      yield* TestClock.adjust("90 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 1, deleted: 0, expired: 0 })
      const due = yield* ids(world, "due/")
      assert.deepStrictEqual(due, [`due/1970-06-30T00:00:00.000Z/111122223333/eu-west-1/${keyId}`, future])
    }))

  it.effect("does all else, and then says which record must not be used", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keys = [yield* createKey(world.root), yield* createKey(world.root), yield* createKey(world.root)]
      for (const keyId of keys) yield* world.root.enableKeyRotation({ KeyId: keyId, RotationPeriodInDays: 90 })
      const broken = `key/111122223333/eu-west-1/${keys.toSorted()[1]}`
      yield* put(world, broken, { content: {}, mac: "" })
      yield* TestClock.adjust("90 days")
      const error = yield* Effect.flip(world.kms.maintain)
      assert(error._tag === "IntegrityError")
      assert.strictEqual(error.place, broken)
      const left = yield* ids(world, "due/1970-04-01")
      assert.deepStrictEqual(left.map((id) => id.split("/").at(-1)), [keys.toSorted()[1]])
    }))

  it.effect("rotates a year of keys in no time, and every old ciphertext still opens", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keyId = yield* createKey(world.root)
      yield* world.root.enableKeyRotation({ KeyId: keyId, RotationPeriodInDays: 90 })
      const sealed: Array<Uint8Array> = []
      for (let day = 0; day < 365; day++) {
        const { CiphertextBlob = bytes("") } = yield* world.root.encrypt({
          KeyId: keyId,
          Plaintext: bytes(String(day))
        })
        sealed.push(CiphertextBlob)
        yield* TestClock.adjust("1 day")
        yield* world.kms.maintain
      }
      const materials = new Set<string | undefined>()
      for (const [day, blob] of sealed.entries()) {
        const opened = yield* world.root.decrypt({ CiphertextBlob: blob })
        assert.deepStrictEqual(opened.Plaintext, bytes(String(day)))
        materials.add(opened.KeyMaterialId)
      }
      const { Rotations } = yield* world.root.listKeyRotations({ KeyId: keyId })
      const dayOf = ({ RotationDate }: { RotationDate?: Date | undefined }) =>
        (RotationDate?.getTime() ?? 0) / 86_400_000
      assert.deepStrictEqual(Rotations?.map(dayOf), [90, 180, 270, 360])
      assert.strictEqual(materials.size, 5)
    }))
})
