import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { createKey, makeWorld, type World } from "../support/World.ts"

const names = ({ root }: World) =>
  Effect.map(root.listAliases(), ({ Aliases = [] }) => Aliases.map(({ AliasName }) => AliasName))

/** Two keys; the first has two aliases and is to go in seven days. */
const oneGoes = Effect.gen(function*() {
  const world = yield* makeWorld()
  const [going, staying] = [yield* createKey(world.root), yield* createKey(world.root)]
  yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: going })
  yield* world.root.createAlias({ AliasName: "alias/b", TargetKeyId: going })
  yield* world.root.createAlias({ AliasName: "alias/c", TargetKeyId: staying })
  yield* world.root.scheduleKeyDeletion({ KeyId: going, PendingWindowInDays: 7 })
  return { world, going, staying }
})

describe("aliases of a key that goes", () => {
  it.effect("are listed until the very moment at which it goes, and not from then on", () =>
    Effect.gen(function*() {
      const { going, world } = yield* oneGoes
      yield* TestClock.adjust(7 * 24 * 60 * 60 * 1000 - 1)
      assert.deepStrictEqual(yield* names(world), ["alias/a", "alias/b", "alias/c"])
      const { Aliases = [] } = yield* world.root.listAliases({ KeyId: going })
      assert.strictEqual(Aliases.length, 2)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* names(world), ["alias/c"])
      yield* world.kms.maintain
      assert.deepStrictEqual(yield* names(world), ["alias/c"])
    }))

  it.effect("stay when its deletion is called off", () =>
    Effect.gen(function*() {
      const { going, world } = yield* oneGoes
      yield* world.root.cancelKeyDeletion({ KeyId: going })
      yield* TestClock.adjust("30 days")
      assert.deepStrictEqual(yield* names(world), ["alias/a", "alias/b", "alias/c"])
    }))

  it.effect("stay when they point to another key before it goes", () =>
    Effect.gen(function*() {
      const { staying, world } = yield* oneGoes
      yield* world.root.updateAlias({ AliasName: "alias/a", TargetKeyId: staying })
      yield* TestClock.adjust("30 days")
      assert.deepStrictEqual(yield* names(world), ["alias/a", "alias/c"])
      yield* world.kms.maintain
      const { KeyMetadata } = yield* world.root.describeKey({ KeyId: "alias/a" })
      assert.strictEqual(KeyMetadata?.KeyId, staying)
    }))

  it.effect("leave their names free when it is gone", () =>
    Effect.gen(function*() {
      const { staying, world } = yield* oneGoes
      assert.strictEqual(
        (yield* Effect.flip(world.root.createAlias({ AliasName: "alias/a", TargetKeyId: staying })))._tag,
        "AlreadyExistsException"
      )
      yield* TestClock.adjust("7 days")
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: staying })
      assert.strictEqual(
        (yield* Effect.flip(world.root.deleteAlias({ AliasName: "alias/b" })))._tag,
        "NotFoundException"
      )
      assert.deepStrictEqual(yield* names(world), ["alias/a", "alias/c"])
    }))
})
