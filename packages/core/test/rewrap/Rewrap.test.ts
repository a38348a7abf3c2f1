/** Replacing the root key of a store that is used, and that stops at any of its operations. */
import { assert, describe, it } from "@effect/vitest"
import { StorageError } from "@keystead/core/Errors"
import { convert } from "@keystead/core/rewrap/Convert"
import * as KeyStore from "@keystead/core/storage/KeyStore"
import type { Storage } from "@keystead/core/storage/Storage"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { type Choices, choices, givingWay, together } from "../support/Concurrently.ts"
import { holds, patience } from "../support/Property.ts"
import { filled, intact, made, newStore, open, sourceOf, type Store } from "../support/RootKeys.ts"
import { bytes, createKey } from "../support/World.ts"

const [former, next, other] = [sourceOf(1), sourceOf(2), sourceOf(3)]

/** Every record is under that root key alone, with all that is wrapped in it. */
const isUnder = Effect.fnUntraced(function*(store: Store, secret: number, not: number) {
  const [own, foreign] = [yield* made(secret), yield* made(not)]
  const records = KeyStore.scan(yield* Ref.get(store), { prefix: "", limit: 10_000 })
  for (const record of records.filter(({ id }) => id !== "root/key")) {
    // Putting it under yet another root key opens all that it holds.
    assert.isDefined(yield* convert(record, own, yield* made(9)), record.id)
    assert.isUndefined(yield* convert(record, foreign, own), record.id)
    assert.strictEqual((yield* Effect.flip(convert(record, foreign, yield* made(9))))._tag, "IntegrityError", record.id)
  }
  const [record] = records.filter(({ id }) => id === "root/key")
  assert.deepStrictEqual(Object.keys(Object(record?.value)), ["check", "parameters"])
  assert.notInclude(records.map(({ id }) => id), "root/progress")
})

const refusal = <A, R>(effect: Effect.Effect<A, Error, R>) =>
  Effect.map(Effect.flip(effect), (error) => `${error.name} ${String(Reflect.get(error, "reason"))}`)

describe("rewrap", () => {
  it.effect("puts everything under the new root key, and the former one opens nothing", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { client, rewrap } = yield* open(store, former)
      const before = yield* filled(client, 120)
      const count = KeyStore.scan(yield* Ref.get(store), { prefix: "", limit: 10_000 }).length
      assert.deepStrictEqual(yield* rewrap(next), { records: count - 1 })
      yield* intact(client, before)
      yield* isUnder(store, 2, 1)
      const again = yield* open(store, next)
      yield* intact(again.client, before)
      assert.strictEqual(yield* refusal(open(store, former)), "RootKeyError Wrong")
    }))

  it.effect("to the root key that the store has does nothing", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { client, rewrap } = yield* open(store, former)
      yield* filled(client)
      const before = yield* Ref.get(store)
      assert.deepStrictEqual(yield* rewrap(former), { records: 0 })
      assert.strictEqual(yield* Ref.get(store), before)
      // Whoever did not see that it was complete may ask once more.
      assert.isAbove((yield* rewrap(next)).records, 0)
      assert.deepStrictEqual(yield* (yield* open(store, former, next)).rewrap(next), { records: 0 })
    }))

  it.effect("can be done again and again", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { client, rewrap } = yield* open(store, former)
      const before = yield* filled(client)
      yield* rewrap(next)
      yield* rewrap(other)
      yield* intact(client, before)
      yield* isUnder(store, 3, 2)
    }))

  it(
    "that stops at any operation of the store is taken up again, with both root keys, and loses nothing",
    () =>
      holds(fc.constant(undefined), () =>
        Effect.gen(function*() {
          for (let operation = 0, stopped = true; stopped; operation++) {
            const store = yield* newStore
            const before = yield* filled((yield* open(store, former)).client, 100)
            let left = operation
            stopped = false
            /** The process ends before its operation of that number, or after it, and never hears of it. */
            const dying = (inner: Storage["Service"]): Storage["Service"] => {
              const dead = Effect.fail(new StorageError({ reason: "Unavailable", message: "The process has ended." }))
              const step = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E | StorageError> =>
                Effect.suspend((): Effect.Effect<A, E | StorageError> => {
                  if (stopped) return dead
                  if (left-- > 0) return effect
                  stopped = true
                  return operation % 2 === 0 ? dead : Effect.andThen(effect, dead)
                })
              return {
                read: (ids) => step(inner.read(ids)),
                scan: (range) => step(inner.scan(range)),
                commit: (changes) => step(inner.commit(changes))
              }
            }
            yield* Effect.exit(Effect.flatMap(open(store, former, undefined, dying), ({ rewrap }) => rewrap(next)))
            const resumed = yield* open(store, former, next)
            // It answers before it goes on.
            yield* intact(resumed.client, before)
            yield* resumed.rewrap(next)
            yield* intact(resumed.client, before)
            yield* isUnder(store, 2, 1)
          }
        }), { numRuns: 1 }),
    patience
  )

  it.effect("that is not complete needs both root keys, and no third", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const failing = (inner: Storage["Service"]): Storage["Service"] => ({
        ...inner,
        scan: (range) =>
          range.limit === 1
            ? inner.scan(range)
            : Effect.fail(new StorageError({ reason: "Unavailable", message: "The process has ended." }))
      })
      const before = yield* filled((yield* open(store, former)).client)
      const dying = yield* open(store, former, undefined, failing)
      assert.strictEqual(yield* refusal(dying.rewrap(next)), "StorageError Unavailable")
      // It goes on answering, under either root key.
      yield* intact(dying.client, before)
      for (const source of [former, next, other]) {
        assert.strictEqual(yield* refusal(open(store, source)), "RootKeyError Replacing")
      }
      assert.strictEqual(yield* refusal(open(store, former, other)), "RootKeyError Wrong")
      assert.strictEqual(yield* refusal(open(store, other, next)), "RootKeyError Wrong")
      const resumed = yield* open(store, former, next)
      yield* intact(resumed.client, before)
      yield* resumed.rewrap(next)
      yield* isUnder(store, 2, 1)
    }))

  it.effect("keeps out who has the store open with the former root key", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const one = yield* open(store, former)
      const { KeyId } = yield* filled(one.client)
      const two = yield* open(store, former)
      yield* one.rewrap(next)
      assert.strictEqual(yield* refusal(two.inRegion("eu-central-1").createKey()), "StorageError Incompatible")
      assert.strictEqual(yield* refusal(two.client.tagResource({ KeyId, Tags: [] })), "IntegrityError undefined")
      assert.strictEqual(yield* refusal(two.rewrap(other)), "RootKeyError Replacing")
      yield* isUnder(store, 2, 1)
    }))

  it.effect("does all but what must not be used, and is complete when that is mended", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      const { client, rewrap } = yield* open(store, former)
      const before = yield* filled(client)
      yield* MemoryStorage.make(store).commit([{ _tag: "Put", id: "alias/junk", value: { content: {}, mac: "" } }])
      const error = yield* Effect.flip(rewrap(next))
      assert(error._tag === "IntegrityError")
      assert.strictEqual(error.place, "alias/junk")
      yield* intact(client, before)
      assert.strictEqual(yield* refusal(open(store, next)), "RootKeyError Replacing")
      yield* MemoryStorage.make(store).commit([{ _tag: "Remove", id: "alias/junk" }])
      assert.isAtMost((yield* rewrap(next)).records, 1)
      yield* isUnder(store, 2, 1)
    }))
})

describe("calls beside a rewrap", () => {
  it(
    "are all carried out, and nothing of them is lost",
    () => holds(fc.tuple(choices, fc.nat(30)), ([choices, wait]) => concurrent(choices, wait), { numRuns: 25 }),
    patience
  )

  const concurrent = Effect.fnUntraced(function*(choices: Choices, wait: number) {
    const store = yield* newStore
    const { client, kms, rewrap } = yield* open(store, former, undefined, givingWay(choices))
    const before = yield* filled(client)
    const { KeyId } = before
    yield* client.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
    const goes = yield* createKey(client)
    yield* client.scheduleKeyDeletion({ KeyId: goes, PendingWindowInDays: 7 })
    yield* TestClock.adjust("90 days")
    const sealed: Array<Uint8Array> = []
    const keys: Array<string> = []
    const work = Effect.gen(function*() {
      yield* Effect.repeat(Effect.yieldNow, { times: wait * 20 })
      const { CiphertextBlob } = yield* client.encrypt({ KeyId: "alias/a", Plaintext: bytes("x") })
      if (CiphertextBlob !== undefined) sealed.push(CiphertextBlob)
      keys.push(yield* createKey(client))
      yield* client.rotateKeyOnDemand({ KeyId })
      yield* client.tagResource({ KeyId, Tags: [{ TagKey: "t", TagValue: "" }] })
    })
    const exits = yield* together<unknown, Error>(choices, [work, rewrap(next), kms.maintain, work, work])
    assert.deepStrictEqual(exits.map(({ _tag }) => _tag), exits.map(() => "Success"))
    yield* isUnder(store, 2, 1)
    const again = yield* open(store, next)
    yield* intact(again.client, before)
    for (const KeyId of keys) yield* again.client.encrypt({ KeyId, Plaintext: bytes("x") })
    for (const CiphertextBlob of sealed) {
      assert.deepStrictEqual((yield* again.client.decrypt({ CiphertextBlob })).Plaintext, bytes("x"))
    }
    assert.strictEqual(yield* refusal(again.client.describeKey({ KeyId: goes })), "NotFoundException undefined")
    const { Rotations = [] } = yield* again.client.listKeyRotations({ KeyId })
    assert.lengthOf(Rotations, 6)
  })

  it.effect("wait while the root key is turned, and are interrupted without a trace", () =>
    Effect.gen(function*() {
      const store = yield* newStore
      let slow = false
      const { client, rewrap } = yield* open(store, former, undefined, (inner) => ({
        ...inner,
        commit: (changes) =>
          slow && changes.some(({ id }) => id === "root/key")
            ? Effect.andThen(Effect.sleep(1000), inner.commit(changes))
            : inner.commit(changes)
      }))
      const before = yield* filled(client)
      slow = true
      const rewrapping = yield* Effect.forkChild(rewrap(next))
      yield* TestClock.adjust(500)
      const waiting = yield* Effect.forkChild(client.listKeys())
      const interrupted = yield* Effect.forkChild(client.listKeys())
      yield* TestClock.adjust(1)
      assert.isUndefined(waiting.pollUnsafe())
      yield* Fiber.interrupt(interrupted)
      slow = false
      yield* TestClock.adjust(5000)
      yield* Fiber.join(waiting)
      yield* Fiber.join(rewrapping)
      yield* intact(client, before)
      yield* isUnder(store, 2, 1)
    }))
})
