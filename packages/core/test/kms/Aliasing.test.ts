/** What callers do to the values that they gave or were given changes nothing inside. */
import { assert, describe, it } from "@effect/vitest"
import type { Json, Storage, StoredRecord } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { history, type Progress, replay, type Step, take, tightLimits, withoutChance } from "../support/Histories.ts"
import { holds, patience } from "../support/Property.ts"
import { makeWorld } from "../support/World.ts"

/** A store that gives fresh values, which nothing keeps from being changed. */
const thawed = (inner: Storage["Service"]): Storage["Service"] => {
  const fresh = (record: StoredRecord): StoredRecord => {
    const value: Json = JSON.parse(JSON.stringify(record.value))
    return { ...record, value }
  }
  return {
    ...inner,
    read: (ids) => Effect.map(inner.read(ids), (found) => new Map([...found].map(([id, one]) => [id, fresh(one)]))),
    scan: (range) => Effect.map(inner.scan(range), (page) => page.map(fresh))
  }
}

/** Overwrites everything in a value that can be. */
const ruin = (value: unknown): void => {
  if (value instanceof Uint8Array) value.fill(0xee)
  if (value instanceof Date) value.setTime(-1)
  if (typeof value !== "object" || value === null) return
  for (const [name, member] of Object.entries(value)) {
    ruin(member)
    if (typeof member === "string") Reflect.set(value, name, "ruined")
    if (typeof member === "number" && !(value instanceof Uint8Array)) Reflect.set(value, name, -1)
  }
  if (Array.isArray(value) && !Object.isFrozen(value)) value.length = 0
}

/** A history whose every reply is ruined once it was noted. */
const careless = Effect.fnUntraced(function*(steps: ReadonlyArray<Step>) {
  const world = yield* makeWorld({ wrap: thawed, limits: tightLimits })
  const progress: Progress = { keys: [], blobs: [] }
  const outcomes: Array<unknown> = []
  for (const step of steps) {
    const outcome = yield* take(world, step, progress)
    outcomes.push(structuredClone(outcome))
    const blob = progress.blobs.pop()
    if (blob !== undefined) progress.blobs.push({ ...blob, blob: blob.blob.slice() })
    if (outcome !== undefined && "reply" in outcome) ruin(outcome.reply)
  }
  return withoutChance(outcomes)
})

describe("a caller", () => {
  it("may do what it likes with replies", () =>
    holds(history(40), (steps) =>
      Effect.gen(function*() {
        const world = yield* makeWorld({ limits: tightLimits })
        const careful = withoutChance(yield* replay(world, steps))
        yield* TestClock.setTime(0)
        assert.deepStrictEqual(yield* careless(steps), careful)
      }), { numRuns: 60 }), patience)

  it.effect("may change a request once it is answered", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ wrap: thawed })
      const tag = { TagKey: "a", TagValue: "b" }
      const { KeyMetadata } = yield* world.root.createKey({ Tags: [tag], Description: "d" })
      const KeyId = KeyMetadata?.KeyId ?? ""
      const more = { TagKey: "c", TagValue: "d" }
      yield* world.root.tagResource({ KeyId, Tags: [more] })
      ruin(tag)
      ruin(more)
      const { Tags } = yield* world.root.listResourceTags({ KeyId })
      assert.deepStrictEqual(Tags, [{ TagKey: "a", TagValue: "b" }, { TagKey: "c", TagValue: "d" }])
      const [created] = world.events()
      assert.deepStrictEqual(created?.requestParameters, {
        tags: [{ TagKey: "a", TagValue: "b" }],
        description: "d"
      })
    }))
})
