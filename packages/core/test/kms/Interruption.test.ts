import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { TestClock } from "effect/testing"
import { examples, patience } from "../support/Property.ts"
import { recording } from "../support/RecordingCrypto.ts"
import { interruptingAt, under } from "../support/Schedulers.ts"
import { contentOf, ids, records } from "../support/Tamper.ts"
import { bytes, createKey, makeWorld } from "../support/World.ts"

const isOverwritten = (held: Uint8Array) => held.every((byte) => byte === 0)

/** A world in which a rotation is due, and where everything that is secret is watched. */
const prepared = Effect.gen(function*() {
  const { layer, seen } = recording(Noble.layer(insecureSeeded("interruption")))
  const world = yield* makeWorld({ crypto: layer })
  const [KeyId, other] = [yield* createKey(world.root), yield* createKey(world.root)]
  yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: other })
  const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
  yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
  yield* TestClock.adjust("90 days")
  return { world, KeyId, other, CiphertextBlob, seen }
})

/** Runs the operation until it is interrupted before its `at`-th step, and looks at what is left. */
const interrupted = Effect.fnUntraced(function*(operation: OperationName, at: number) {
  const { CiphertextBlob, KeyId, other, seen, world } = yield* prepared
  const input = operation === "CreateKey" ? {} : {
    KeyId,
    Plaintext: bytes("x"),
    KeySpec: "AES_256",
    CiphertextBlob,
    DestinationKeyId: other,
    AliasName: operation === "CreateAlias" ? "alias/b" : "alias/a",
    TargetKeyId: KeyId
  }
  const known = { secrets: seen.secrets.length, opened: seen.opened.length, events: world.events().length }
  const { count, scheduler } = interruptingAt(at)
  const call: Effect.Effect<unknown, unknown> = world.root[Client.methodName(operation)](input as never)
  const exit = yield* Effect.exit(Fiber.join(yield* Effect.forkDetach(under(scheduler)(call))))
  const over = count() <= at
  assert.strictEqual(Exit.isSuccess(exit) || !over, true, "the operation works, unless it is interrupted")
  // No half commit: every record has its code, and each change came with all that belongs to it.
  for (const { id } of yield* records(world)) yield* contentOf(world, id)
  const keys = (yield* ids(world, "key/")).length
  assert.strictEqual(yield* contentOf(world, (yield* ids(world, "count/"))[0] ?? ""), keys)
  assert.isAtMost(world.events().length, known.events + 1)
  // What is answered to the caller is the caller's, from when it is complete.
  const open = seen.opened.slice(known.opened).filter(({ held }) => !isOverwritten(held)).length
  const left = seen.secrets.slice(known.secrets).filter(({ held }) => !isOverwritten(held)).length
  assert.isAtMost(open, operation === "Decrypt" ? 1 : 0, `${operation} before step ${at}`)
  assert.isAtMost(left, operation === "GenerateDataKey" ? 1 : 0, `${operation} before step ${at}`)
  // Whatever happened, the key works.
  yield* world.root.encrypt({ KeyId, Plaintext: bytes("y") })
  yield* world.root.decrypt({ CiphertextBlob })
  const { Rotations } = yield* world.root.listKeyRotations({ KeyId })
  // An interruption after the commit leaves what was committed.
  const [least, most] = operation === "RotateKeyOnDemand" ? [over ? 2 : 1, 2] : [1, 1]
  assert.isAtLeast(Rotations?.length ?? 0, least)
  assert.isAtMost(Rotations?.length ?? 0, most)
  return { over, derivations: seen.derivations }
})

const operations: ReadonlyArray<OperationName> = [
  "CreateKey",
  "CreateAlias",
  "UpdateAlias",
  "Encrypt",
  "Decrypt",
  "ReEncrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "RotateKeyOnDemand",
  "DescribeKey"
]

/** Every day some of the steps, and all of them when there is time. */
const stride = examples(1) > 1 ? 1 : 5

describe("an interruption at any step", () => {
  for (const operation of operations) {
    it.effect(`of ${operation} leaves nothing half done and no secret behind`, () =>
      Effect.gen(function*() {
        let outcomes = 0
        for (let at = 0;; at += stride) {
          const { derivations, over } = yield* Effect.scoped(interrupted(operation, at))
          // With the scope everything that was lent is given back, and overwritten.
          assert.isTrue(derivations.every(({ wiped }) => wiped === 1), `before step ${at}`)
          outcomes++
          if (over) break
        }
        assert.isAbove(outcomes, 10)
      }), patience)
  }
})
