/** Changes of one multi-Region key in several Regions at once, in two Keysteads over one store. */
import { assert, describe } from "@effect/vitest"
import { KeyRecord } from "@keystead/core/domain/KeyRecord"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { concurrently, together } from "../support/Concurrently.ts"
import { contentOf, ids } from "../support/Tamper.ts"
import { account, bytes, createKey, type World } from "../support/World.ts"
import { abroad, at, far, home, metadata, regions } from "./Support.ts"

/** How a call is refused. */
interface Refusal {
  readonly _tag: string
}

const outcome = (exit: Exit.Exit<unknown, Refusal>): string =>
  Exit.match(exit, {
    onSuccess: () => "ok",
    onFailure: (cause) => cause.reasons.find(Cause.isFailReason)?.error._tag ?? "defect"
  })

const isThere = (world: World, region: string, KeyId: string) =>
  Effect.map(Effect.exit(at(world, region).describeKey({ KeyId })), Exit.isSuccess)

/** What all the records of the key must have in common. */
const sharedIn = Effect.fnUntraced(function*(world: World) {
  const shared: Array<unknown> = []
  for (const id of yield* ids(world, "key/")) {
    const record = yield* Schema.decodeUnknownEffect(KeyRecord)(yield* contentOf(world, id))
    const { automaticRotation, materials, multiRegion } = record
    shared.push({ automaticRotation, multiRegion, materials: materials.map(({ id, rotation }) => ({ id, rotation })) })
  }
  return shared
})

const agree = Effect.fnUntraced(function*(world: World) {
  const [first, ...others] = yield* sharedIn(world)
  for (const other of others) assert.deepStrictEqual(other, first)
})

describe("at the same time", () => {
  concurrently("two replications to one Region make one replica", ([one, two], choices) =>
    Effect.gen(function*() {
      const KeyId = yield* createKey(one.root, { MultiRegion: true })
      const replicate = (world: World) => world.root.replicateKey({ KeyId, ReplicaRegion: abroad })
      const exits = yield* together(choices, [one, two, one, two].map(replicate))
      assert.deepStrictEqual(exits.map(outcome).toSorted(), [
        "AlreadyExistsException",
        "AlreadyExistsException",
        "AlreadyExistsException",
        "ok"
      ])
      assert.strictEqual(yield* contentOf(one, `count/${account}/${abroad}`), 1)
      yield* agree(one)
    }), 20)

  concurrently(
    "a replication and a deletion leave the primary waiting for the replica, or there is none",
    ([one, two], choices) =>
      Effect.gen(function*() {
        const KeyId = yield* createKey(one.root, { MultiRegion: true })
        const [replicating, scheduling] = yield* together<unknown, Refusal>(choices, [
          one.root.replicateKey({ KeyId, ReplicaRegion: abroad }),
          two.root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        ])
        assert(replicating !== undefined && scheduling !== undefined)
        assert.strictEqual(outcome(scheduling), "ok")
        const replica = yield* isThere(two, abroad, KeyId)
        assert.strictEqual(outcome(replicating), replica ? "ok" : "KMSInvalidStateException")
        const state = (yield* metadata(one.root, KeyId))?.KeyState
        assert.strictEqual(state, replica ? "PendingReplicaDeletion" : "PendingDeletion")
        yield* agree(one)
      }),
    20
  )

  concurrently(
    "rotations, replications and changes of the primary leave one key, that opens what any Region sealed",
    ([one, two], choices, numbers) =>
      Effect.gen(function*() {
        const KeyId = yield* createKey(one.root, { MultiRegion: true })
        yield* one.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
        yield* one.root.replicateKey({ KeyId, ReplicaRegion: abroad })
        yield* TestClock.adjust("90 days")
        const sealed: Array<Uint8Array> = []
        const encrypt = (world: World, region: string) =>
          Effect.map(at(world, region).encrypt({ KeyId, Plaintext: bytes("x") }), ({ CiphertextBlob }) => {
            if (CiphertextBlob !== undefined) sealed.push(CiphertextBlob)
          })
        const replicate = (world: World) => world.root.replicateKey({ KeyId, ReplicaRegion: far })
        const acts: ReadonlyArray<(world: World) => Effect.Effect<unknown, Refusal>> = [
          replicate,
          (world) => world.root.rotateKeyOnDemand({ KeyId }),
          (world) => world.root.updatePrimaryRegion({ KeyId, PrimaryRegion: abroad }),
          (world) => at(world, abroad).tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] }),
          (world) => world.root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId }),
          (world) => encrypt(world, home),
          (world) => encrypt(world, abroad),
          (world) => world.kms.maintain
        ]
        const order = acts.map((act, index) => ({ act, by: numbers[index] ?? 0 })).toSorted((left, right) =>
          left.by - right.by
        )
        const exits = yield* together(choices, order.map(({ act, by }) => act(by % 2 === 0 ? one : two)))
        for (const exit of exits) assert.include(["ok", "UnsupportedOperationException"], outcome(exit))
        yield* agree(one)
        const { Rotations = [] } = yield* one.root.listKeyRotations({ KeyId })
        assert.lengthOf(Rotations.filter(({ RotationType }) => RotationType === "AUTOMATIC"), 1)
        assert.lengthOf(yield* ids(one, "due/"), 1)
        assert.lengthOf(sealed, 2)
        for (const region of regions) {
          if (!(yield* isThere(two, region, KeyId))) continue
          for (const CiphertextBlob of sealed) {
            assert.deepStrictEqual((yield* at(two, region).decrypt({ CiphertextBlob })).Plaintext, bytes("x"))
          }
        }
      }),
    25
  )

  concurrently(
    "what is decided of replicas' deletions is what the primary waits for",
    ([one, two], choices, numbers) =>
      Effect.gen(function*() {
        const KeyId = yield* createKey(one.root, { MultiRegion: true })
        for (const ReplicaRegion of [abroad, far]) yield* one.root.replicateKey({ KeyId, ReplicaRegion })
        yield* at(one, far).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        yield* TestClock.adjust("6 days")
        yield* together<unknown, Refusal>(choices, [
          one.root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 10 }),
          at(two, abroad).scheduleKeyDeletion({ KeyId, PendingWindowInDays: 8 }),
          (numbers[0] ?? 0) % 2 === 0 ? at(one, far).cancelKeyDeletion({ KeyId }) : two.kms.maintain
        ])
        yield* agree(one)
        yield* TestClock.adjust("18 days")
        yield* one.kms.maintain
        const stays = yield* isThere(one, far, KeyId)
        assert.strictEqual(stays, (numbers[0] ?? 0) % 2 === 0)
        assert.strictEqual(yield* isThere(one, home, KeyId), stays)
        assert.lengthOf(yield* ids(one, "key/"), stays ? 2 : 0)
      }),
    20
  )
})
