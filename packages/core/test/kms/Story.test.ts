import { assert, describe, it } from "@effect/vitest"
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { account, bytes, createKey, makeWorld, user } from "../support/World.ts"

describe("the whole story of a key", () => {
  it.effect("is told from creation to deletion", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const policy = keyPolicy({ account, administrators: [user("ada")], users: [user("bob")] })
      const keyId = yield* createKey(world.root, { Policy: policy, Description: "Payroll" })
      yield* world.root.createAlias({ AliasName: "alias/payroll", TargetKeyId: keyId })
      const [ada, bob, eve] = [world.as(user("ada")), world.as(user("bob")), world.as(user("eve"))]

      const context = { department: "pay" }
      const sealed = yield* bob.encrypt({
        KeyId: "alias/payroll",
        Plaintext: bytes("salary"),
        EncryptionContext: context
      })
      const opened = yield* bob.decrypt({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: context })
      assert.deepStrictEqual(opened.Plaintext, bytes("salary"))
      assert.strictEqual(opened.KeyId, `arn:aws:kms:eu-west-1:${account}:key/${keyId}`)
      const wrong = yield* Effect.flip(bob.decrypt({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: {} }))
      assert.strictEqual(wrong._tag, "InvalidCiphertextException")
      const refused = yield* Effect.flip(eve.encrypt({ KeyId: "alias/payroll", Plaintext: bytes("x") }))
      assert.strictEqual(refused._tag, "AccessDeniedException")
      assert.strictEqual(
        (yield* Effect.flip(ada.encrypt({ KeyId: keyId, Plaintext: bytes("x") })))._tag,
        "AccessDeniedException"
      )

      const dataKey = yield* bob.generateDataKey({ KeyId: keyId, KeySpec: "AES_256" })
      const again = yield* bob.decrypt({ CiphertextBlob: dataKey.CiphertextBlob })
      assert.deepStrictEqual(again.Plaintext, dataKey.Plaintext)

      yield* ada.rotateKeyOnDemand({ KeyId: keyId })
      yield* ada.enableKeyRotation({ KeyId: keyId, RotationPeriodInDays: 90 })
      yield* TestClock.adjust("365 days")
      const { Rotations } = yield* ada.listKeyRotations({ KeyId: keyId })
      assert.deepStrictEqual(Rotations?.map(({ RotationType }) => RotationType), [
        "ON_DEMAND",
        "AUTOMATIC",
        "AUTOMATIC",
        "AUTOMATIC",
        "AUTOMATIC"
      ])
      const old = yield* bob.decrypt({ CiphertextBlob: sealed.CiphertextBlob, EncryptionContext: context })
      assert.deepStrictEqual(old.Plaintext, bytes("salary"))
      const moved = yield* bob.reEncrypt({
        CiphertextBlob: sealed.CiphertextBlob,
        SourceEncryptionContext: context,
        DestinationKeyId: "alias/payroll"
      })
      assert.notStrictEqual(moved.SourceKeyMaterialId, moved.DestinationKeyMaterialId)

      yield* ada.disableKey({ KeyId: keyId })
      const disabled = yield* Effect.flip(bob.encrypt({ KeyId: keyId, Plaintext: bytes("x") }))
      assert.strictEqual(disabled._tag, "DisabledException")
      assert.strictEqual(disabled.message, `arn:aws:kms:eu-west-1:${account}:key/${keyId} is disabled.`)
      yield* ada.scheduleKeyDeletion({ KeyId: keyId, PendingWindowInDays: 7 })
      yield* TestClock.adjust("6 days")
      const pending = yield* Effect.flip(bob.decrypt({ CiphertextBlob: moved.CiphertextBlob }))
      assert.strictEqual(pending._tag, "KMSInvalidStateException")
      yield* TestClock.adjust("1 days")
      const gone = yield* Effect.flip(world.root.describeKey({ KeyId: "alias/payroll" }))
      assert.strictEqual(gone._tag, "NotFoundException")
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 1, expired: 0 })
      assert.deepStrictEqual((yield* world.root.listAliases()).Aliases, [])
      assert.isAbove(world.events().length, 15)
    }))
})
