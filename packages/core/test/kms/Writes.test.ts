/** When the store is written: only by what changes something, all at once, and never by a dry run. */
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import { StorageError } from "@keystead/core/Errors"
import { registry } from "@keystead/core/operations/Registry"
import { CommitConflict, type Storage } from "@keystead/core/storage/Storage"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { history, inputOf, type Progress, take, tightLimits } from "../support/Histories.ts"
import { prepare } from "../support/Inputs.ts"
import { holds, patience } from "../support/Property.ts"
import { records } from "../support/Tamper.ts"
import { bytes, createKey, makeWorld, region, root } from "../support/World.ts"

/** A storage that counts its commits. */
const counting = () => {
  const count = { commits: 0 }
  const wrap = (inner: Storage["Service"]): Storage["Service"] => ({
    ...inner,
    commit: (changes) => Effect.suspend(() => (count.commits++, inner.commit(changes)))
  })
  return { count, wrap }
}

const viaS3 = { principal: root, viaService: `s3.${region}.amazonaws.com` }

const readOnly = Object.values(registry).filter((operation) => operation.readOnly).map(({ name }) => name)

describe("the store", () => {
  it(
    "is written by what changes something, and by nothing else",
    () =>
      holds(history(50), (steps) =>
        Effect.gen(function*() {
          const { count, wrap } = counting()
          const world = yield* makeWorld({ wrap, limits: tightLimits })
          const service = world.as(viaS3)
          const progress: Progress = { keys: [], blobs: [] }
          for (const step of steps) {
            // What fell due, and what comes into being on first use, is done beforehand.
            yield* world.kms.maintain
            yield* service.describeKey({ KeyId: "alias/aws/s3" })
            const before = { commits: count.commits, records: yield* records(world) }
            const outcome = yield* take(world, step, progress)
            if (!("operation" in step)) continue
            const after = yield* records(world)
            const failed = outcome !== undefined && "error" in outcome
            const input = inputOf(step.operation, step.asking, progress)
            const stays = failed || readOnly.includes(step.operation) || input["DryRun"] === true
            if (stays) assert.deepStrictEqual(after, before.records, step.operation)
            const changed = JSON.stringify(after) !== JSON.stringify(before.records)
            assert.strictEqual(count.commits - before.commits, changed ? 1 : 0, step.operation)
          }
        })),
    patience
  )

  it.effect("is not written where everything stays as it is", () =>
    Effect.gen(function*() {
      const { count, wrap } = counting()
      const world = yield* makeWorld({ wrap })
      const KeyId = yield* createKey(world.root, { Description: "d", Tags: [{ TagKey: "a", TagValue: "b" }] })
      yield* world.root.enableKeyRotation({ KeyId })
      const { Policy = "" } = yield* world.root.getKeyPolicy({ KeyId })
      const commits = count.commits
      yield* world.root.enableKey({ KeyId })
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 365 })
      yield* world.root.updateKeyDescription({ KeyId, Description: "d" })
      yield* world.root.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] })
      yield* world.root.untagResource({ KeyId, TagKeys: ["c"] })
      yield* world.root.putKeyPolicy({ KeyId, Policy })
      assert.strictEqual(count.commits, commits)
      yield* world.root.disableKey({ KeyId })
      assert.strictEqual(count.commits, commits + 1)
      yield* world.root.disableKey({ KeyId })
      assert.strictEqual(count.commits, commits + 1)
    }))
})

describe("a clock that knows parts of a millisecond", () => {
  it.effect("makes no record that cannot be read", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* TestClock.setTime(1000.75)
      const KeyId = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      yield* TestClock.adjust("90 days")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 1, deleted: 0, expired: 0 })
      const { KeyMetadata } = yield* world.root.describeKey({ KeyId: "alias/a" })
      assert.strictEqual(KeyMetadata?.CreationDate?.getTime(), 1000)
    }))
})

describe("a dry run", () => {
  it.effect("says that it would have succeeded, or why not, and changes nothing", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const dry = Object.values(registry).filter(({ input }) => "DryRun" in input.fields).map(({ name }) => name)
      const ready = new Map<string, object>()
      for (const operation of dry) ready.set(operation, (yield* prepare(world.root, operation)).input)
      const before = yield* records(world)
      // Source: kms-semantics 2.9.
      assert.deepStrictEqual(dry.toSorted(), [
        "CreateGrant",
        "Decapsulate",
        "Decrypt",
        "DeriveSharedSecret",
        "Encapsulate",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "ReEncrypt",
        "RetireGrant",
        "RevokeGrant",
        "Sign",
        "Verify",
        "VerifyMac"
      ])
      const ask = (operation: (typeof dry)[number], more: object) => {
        const call: Effect.Effect<unknown, { readonly _tag: string; readonly message: string }> = world
          .root[Client.methodName(operation)]({ ...ready.get(operation), DryRun: true, ...more } as never)
        return Effect.map(Effect.flip(call), ({ _tag, message }) => `${_tag}: ${message}`)
      }
      const succeeded = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
      for (const operation of dry) assert.strictEqual(yield* ask(operation, {}), succeeded)
      assert.strictEqual(
        yield* ask("Decrypt", { EncryptionContext: { a: "b" } }),
        "InvalidCiphertextException: "
      )
      assert.match(yield* ask("Encrypt", { KeyId: "alias/none" }), /^NotFoundException/)
      assert.match(yield* ask("Encrypt", { Plaintext: bytes("") }), /^ValidationException/)
      assert.deepStrictEqual((yield* records(world)).map(({ id }) => id), before.map(({ id }) => id))
      for (const { KeyId = "" } of (yield* world.root.listKeys()).Keys ?? []) yield* world.root.disableKey({ KeyId })
      // Grants can be ended whatever the key's state.
      const ending = ["RetireGrant", "RevokeGrant"]
      for (const operation of dry) {
        const outcome = yield* ask(operation, {})
        if (ending.includes(operation)) assert.strictEqual(outcome, succeeded)
        else assert.match(outcome, /^DisabledException/)
      }
      const KeyId = yield* createKey(world.root)
      yield* world.root.encrypt({ KeyId, Plaintext: bytes("x"), DryRun: false })
    }))

  it.effect("makes no AWS managed key", () =>
    Effect.gen(function*() {
      const { count, wrap } = counting()
      const world = yield* makeWorld({ wrap })
      const service = world.as(viaS3)
      const request = { KeyId: "alias/aws/s3", Plaintext: bytes("x"), DryRun: true }
      assert.strictEqual((yield* Effect.flip(service.encrypt(request)))._tag, "DryRunOperationException")
      assert.strictEqual((yield* Effect.flip(world.root.encrypt(request)))._tag, "NotFoundException")
      assert.strictEqual(count.commits, 0)
    }))
})

describe("a store that fails", () => {
  const failing = (change: Partial<Storage["Service"]>) => (inner: Storage["Service"]): Storage["Service"] => ({
    ...inner,
    ...change
  })
  const broken = new StorageError({ reason: "Full", message: "No space is left.", place: "here" })

  it.effect("gives its StorageError through, from reading, listing and committing", () =>
    Effect.gen(function*() {
      const outcomes = yield* Effect.forEach(
        [
          failing({ read: () => Effect.fail(broken) }),
          failing({ scan: () => Effect.fail(broken) }),
          failing({ commit: () => Effect.fail(broken) })
        ],
        Effect.fnUntraced(function*(wrap) {
          const { root } = yield* makeWorld({ wrap })
          const [created, listed] = [yield* Effect.result(root.createKey()), yield* Effect.result(root.listKeys())]
          return [created, listed].map((result) => result._tag === "Failure" && result.failure === broken)
        })
      )
      assert.deepStrictEqual(outcomes, [[true, false], [false, true], [true, false]])
    }))

  it.effect("that another writer is always ahead of gives a DependencyTimeoutException, after twenty attempts", () =>
    Effect.gen(function*() {
      let attempts = 0
      const world = yield* makeWorld({
        wrap: failing({
          commit: (changes) => {
            attempts++
            return Effect.fail(new CommitConflict({ ids: changes.map(({ id }) => id) }))
          }
        })
      })
      const fiber = yield* Effect.forkChild(Effect.flip(world.root.createKey()))
      yield* TestClock.adjust("5 seconds")
      const error = yield* Fiber.join(fiber)
      assert.deepStrictEqual([error._tag, error.message], [
        "DependencyTimeoutException",
        "Other writers kept changing the same records. Try again."
      ])
      assert.strictEqual(attempts, 20)
      assert.strictEqual(world.events().at(-1)?.errorCode, "DependencyTimeoutException")
    }))

  it.effect("gives the same to an operation that only waits for a rotation to be committed, and to maintenance", () =>
    Effect.gen(function*() {
      let conflicting = false
      const world = yield* makeWorld({
        wrap: (inner) => ({
          ...inner,
          commit: (changes) => conflicting ? Effect.fail(new CommitConflict({ ids: [] })) : inner.commit(changes)
        })
      })
      const KeyId = yield* createKey(world.root)
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      yield* TestClock.adjust("90 days")
      conflicting = true
      const calls = Effect.all([
        Effect.flip(world.root.encrypt({ KeyId, Plaintext: bytes("x") })),
        Effect.flip(world.kms.maintain)
      ], { concurrency: "unbounded" })
      const fiber = yield* Effect.forkChild(calls)
      yield* TestClock.adjust("5 seconds")
      const errors = yield* Fiber.join(fiber)
      assert.deepStrictEqual(errors.map(({ _tag }) => _tag), [
        "DependencyTimeoutException",
        "DependencyTimeoutException"
      ])
      conflicting = false
      yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      const { Rotations } = yield* world.root.listKeyRotations({ KeyId })
      assert.strictEqual(Rotations?.length, 1)
    }))

  it.effect("pauses longer and longer before it tries again, and never as long as two others at once", () =>
    Effect.gen(function*() {
      const times: Array<number> = []
      const world = yield* makeWorld({
        wrap: failing({
          commit: () =>
            Effect.flatMap(Effect.clockWith((clock) => clock.currentTimeMillis), (now) => {
              times.push(now)
              return Effect.fail(new CommitConflict({ ids: [] }))
            })
        })
      })
      const fiber = yield* Effect.forkChild(Effect.flip(world.root.createKey()))
      for (let passed = 0; passed < 5000; passed++) yield* TestClock.adjust(1)
      yield* Fiber.join(fiber)
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0))
      assert.strictEqual(pauses.length, 19)
      pauses.forEach((pause, index) => assert.isAtMost(pause, Math.min(2 ** (index + 1), 250) + 1))
      assert.isAbove(new Set(pauses).size, 8)
      assert.isAbove(Math.max(...pauses), 125)
    }))
})
