/** Every operation on a key in every state, through the whole interpreter: also the states that no operation leads to yet. */
import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import { keyStates } from "@keystead/core/lifecycle/KeyState"
import * as Effect from "effect/Effect"
import { wrappingKinds } from "../support/Importing.ts"
import { prepare } from "../support/Inputs.ts"
import { after, guarded, refusalOf } from "../support/StateTable.ts"
import { contentOf, reseal } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, region } from "../support/World.ts"

describe("an operation on a key", () => {
  for (const operation of guarded) {
    it.effect(`${operation} is carried out or refused as its state says`, () =>
      Effect.gen(function*() {
        for (const state of keyStates) {
          const world = yield* makeWorld({ kinds: wrappingKinds })
          const { KeyId, input: members } = yield* prepare(world.root, operation)
          const other = yield* createKey(world.root)
          yield* world.root.createAlias({
            AliasName: "alias/a",
            TargetKeyId: operation === "DeleteAlias" ? KeyId : other
          })
          const id = `key/${account}/${region}/${KeyId}`
          const content = yield* contentOf(world, id)
          const deletion = state.startsWith("Pending") && state.endsWith("Deletion")
            ? { deletion: { windowInDays: 7, ...(state === "PendingDeletion" ? { date: 1 } : {}) } }
            : {}
          yield* reseal(world, id, { ...Object(content), state, ...deletion })
          const input = { ...members, AliasName: operation === "CreateAlias" ? "alias/new" : "alias/a" }
          const call: Effect.Effect<unknown, { readonly _tag: string; readonly message: string }> = world
            .root[Client.methodName(operation)](input as never)
          const outcome = yield* Effect.match(call, {
            onFailure: ({ _tag, message }) => `${_tag}: ${message}`,
            onSuccess: () => "ok"
          })
          const arn = `arn:aws:kms:${region}:${account}:key/${KeyId}`
          const refusal = refusalOf(operation, state, arn)
          assert.strictEqual(outcome, refusal ?? "ok", state)
          const { KeyMetadata } = yield* world.root.describeKey({ KeyId })
          assert.strictEqual(KeyMetadata?.KeyState, refusal === undefined ? after(operation, state) : state)
          assert.strictEqual(KeyMetadata?.Enabled, KeyMetadata?.KeyState === "Enabled")
        }
      }))
  }

  it.effect("ReEncrypt minds the states of both keys, the source's first", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [from, to] = [yield* createKey(world.root), yield* createKey(world.root)]
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: from, Plaintext: bytes("x") })
      const refusal = Effect.map(
        Effect.flip(world.root.reEncrypt({ CiphertextBlob, DestinationKeyId: to })),
        ({ _tag, message }) => `${_tag}: ${message}`
      )
      const arn = (id: string) => `arn:aws:kms:${region}:${account}:key/${id}`
      yield* world.root.disableKey({ KeyId: to })
      assert.strictEqual(yield* refusal, `DisabledException: ${arn(to)} is disabled.`)
      yield* world.root.scheduleKeyDeletion({ KeyId: from })
      assert.strictEqual(yield* refusal, `KMSInvalidStateException: ${arn(from)} is pending deletion.`)
      yield* world.root.enableKey({ KeyId: to })
      assert.strictEqual(yield* refusal, `KMSInvalidStateException: ${arn(from)} is pending deletion.`)
    }))

  it.effect("UpdateAlias leaves a key that is pending deletion, but does not go to one", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [from, to] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: from })
      yield* world.root.scheduleKeyDeletion({ KeyId: from })
      yield* world.root.updateAlias({ AliasName: "alias/a", TargetKeyId: to })
      const back = yield* Effect.flip(world.root.updateAlias({ AliasName: "alias/a", TargetKeyId: from }))
      assert.strictEqual(back._tag, "KMSInvalidStateException")
      assert.strictEqual((yield* world.root.describeKey({ KeyId: "alias/a" })).KeyMetadata?.KeyId, to)
    }))
})
