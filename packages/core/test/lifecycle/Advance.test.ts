import { assert, describe, it } from "@effect/vitest"
import { KeyMaterials } from "@keystead/core/crypto/KeyMaterials"
import type { KeyRecord } from "@keystead/core/domain/KeyRecord"
import { isGone, nextEvent, overdueRotations, resumeRotation } from "@keystead/core/lifecycle/Advance"
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import { rotate, rotateAutomatically } from "@keystead/core/lifecycle/Rotate"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"

const day = 86_400_000

const key: KeyRecord = {
  account: "111122223333",
  region: "eu-west-1",
  keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  keySpec: "SYMMETRIC_DEFAULT",
  keyUsage: "ENCRYPT_DECRYPT",
  origin: "AWS_KMS",
  keyManager: "CUSTOMER",
  created: 0,
  description: "",
  state: "Enabled",
  policy: "{}",
  tags: [],
  aliases: [],
  materials: [{ id: "first", wrapped: "" }]
}
const rotating = (next: number, periodInDays = 90): KeyRecord => ({ ...key, automaticRotation: { periodInDays, next } })
const going = (date: number): KeyRecord => ({ ...key, state: "PendingDeletion", deletion: { date, windowInDays: 7 } })

describe("a key is gone", () => {
  it("from its deletion date on", () => {
    assert.isFalse(isGone(key, 1e15))
    assert.deepStrictEqual([999, 1000, 1001].map((now) => isGone(going(1000), now)), [false, true, true])
  })
})

describe("rotations fall due", () => {
  it("every period, while the key is enabled", () => {
    fc.assert(fc.property(fc.nat(5000), fc.integer({ min: 90, max: 2560 }), fc.nat(20_000), (first, period, today) => {
      const dates = overdueRotations(rotating(first * day, period), today * day)
      const expected = today < first ? 0 : Math.floor((today - first) / period) + 1
      assert.deepStrictEqual(dates, Array.from({ length: expected }, (_, index) => (first + index * period) * day))
    }))
    assert.deepStrictEqual([999, 1000].map((now) => overdueRotations(rotating(1000), now).length), [0, 1])
    assert.deepStrictEqual(overdueRotations(key, 1e15), [])
  })

  it("not in any other state", () => {
    for (const state of keyStates) {
      const dates = overdueRotations({ ...rotating(1000), state }, 1000)
      assert.deepStrictEqual(dates, state === "Enabled" ? [1000] : [], state)
    }
  })
})

describe("the next event of a key", () => {
  it("is its deletion, else its rotation while it is enabled, else none", () => {
    assert.isUndefined(nextEvent(key))
    assert.strictEqual(nextEvent(rotating(1000)), 1000)
    assert.strictEqual(nextEvent(going(500)), 500)
    assert.strictEqual(
      nextEvent({ ...rotating(100), ...going(500), automaticRotation: { periodInDays: 90, next: 100 } }),
      500
    )
    for (const state of keyStates) {
      assert.strictEqual(nextEvent({ ...rotating(1000), state }), state === "Enabled" ? 1000 : undefined, state)
    }
  })
})

describe("a rotation that was missed", () => {
  it("comes at once when the key is enabled again", () => {
    assert.strictEqual(resumeRotation(key, 5), key)
    const waiting = rotating(1000)
    assert.strictEqual(resumeRotation(waiting, 999), waiting)
    for (const now of [1000, 1001, 1e12]) {
      assert.deepStrictEqual(resumeRotation(waiting, now).automaticRotation, { periodInDays: 90, next: now })
    }
  })
})

describe("rotating", () => {
  const materials = () => {
    let made = 0
    return KeyMaterials.of({
      create: () => Effect.sync(() => ({ id: `made ${++made}`, wrapped: "w" })),
      wrap: () => Effect.die("not asked"),
      use: () => Effect.die("not asked"),
      useKey: () => Effect.die("not asked"),
      seal: () => Effect.die("not asked"),
      open: () => Effect.die("not asked"),
      expire: Effect.void
    })
  }
  const run = <A>(program: Effect.Effect<A, never, KeyMaterials>) =>
    Effect.runSync(Effect.provideService(program, KeyMaterials, materials()))

  it("adds material, says when and why, and keeps what there was", () => {
    assert.deepStrictEqual(run(rotate(key, 7, "ON_DEMAND")), {
      ...key,
      materials: [
        { id: "first", wrapped: "" },
        { id: "made 1", wrapped: "w", rotation: { date: 7, type: "ON_DEMAND" } }
      ]
    })
  })

  it("makes up for all that fell due, and goes on a period after the last", () => {
    const rotated = run(rotateAutomatically(rotating(10), [10, 20]))
    assert.deepStrictEqual(rotated.materials.slice(1), [
      { id: "made 1", wrapped: "w", rotation: { date: 10, type: "AUTOMATIC" } },
      { id: "made 2", wrapped: "w", rotation: { date: 20, type: "AUTOMATIC" } }
    ])
    assert.deepStrictEqual(rotated.automaticRotation, { periodInDays: 90, next: 20 + 90 * day })
  })

  it("leaves a key as it is for which nothing fell due, and sets no schedule that was not there", () => {
    const waiting = rotating(10)
    assert.strictEqual(run(rotateAutomatically(waiting, [])), waiting)
    assert.notProperty(run(rotateAutomatically(key, [10])), "automaticRotation")
  })
})
