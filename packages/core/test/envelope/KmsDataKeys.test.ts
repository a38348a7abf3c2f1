import { assert, describe, it } from "@effect/vitest"
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import type { DataKey, EncryptedDataKey } from "@keystead/core/envelope/DataKeys"
import * as Envelope from "@keystead/core/envelope/Envelope"
import * as KmsDataKeys from "@keystead/core/envelope/KmsDataKeys"
import * as Effect from "effect/Effect"
import { account, bytes, createKey, makeWorld, user } from "../support/World.ts"

const context = { department: "pay" }
const crypto = Noble.layer(insecureSeeded("messages"))

const text = (data: Uint8Array) => new TextDecoder().decode(data)

const foreign: EncryptedDataKey = { providerId: "someone", providerInfo: bytes("else"), ciphertext: bytes("?") }

describe("data keys out of KMS keys", () => {
  it.effect("name the key by its ARN, and open where the key may be used", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root, {
        Policy: keyPolicy({ account, administrators: [], users: [user("bob")] })
      })
      yield* world.root.createAlias({ AliasName: "alias/pay", TargetKeyId: KeyId })
      const [bob, eve] = [world.as(user("bob")), world.as(user("eve"))]
      const message = yield* Envelope.seal(bytes("salaries"), {
        dataKeys: KmsDataKeys.under(bob, "alias/pay"),
        encryptionContext: context
      })
      assert.include(text(message), `arn:aws:kms:eu-west-1:${account}:key/${KeyId}`)
      const opened = yield* Envelope.open(message, { dataKeys: KmsDataKeys.any(bob) })
      assert.strictEqual(text(opened.plaintext), "salaries")
      assert.deepStrictEqual<unknown>(opened.encryptionContext, context)

      const refused = yield* Effect.flip(Envelope.open(message, { dataKeys: KmsDataKeys.any(eve) }))
      assert.strictEqual(refused._tag, "AccessDeniedException")
      const unmade = yield* Effect.flip(Envelope.seal(bytes("x"), { dataKeys: KmsDataKeys.under(eve, KeyId) }))
      assert.strictEqual(unmade._tag, "AccessDeniedException")
      yield* world.root.disableKey({ KeyId })
      const disabled = yield* Effect.flip(Envelope.open(message, { dataKeys: KmsDataKeys.any(bob) }))
      assert.strictEqual(disabled._tag, "DisabledException")
    }).pipe(Effect.provide(crypto)))

  it.effect("bind the data key to the message's context", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const { encrypted } = yield* KmsDataKeys.under(world.root, yield* createKey(world.root)).generate(context)
      const failed = yield* Effect.flip(KmsDataKeys.any(world.root).decrypt(encrypted, { department: "sales" }))
      assert.strictEqual(failed._tag, "InvalidCiphertextException")
    }))

  it.effect("try each KMS key of the message, and tell the first one's refusal", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keys = [yield* createKey(world.root), yield* createKey(world.root), yield* createKey(world.root)]
      const made: Array<DataKey> = []
      for (const key of keys) made.push(yield* KmsDataKeys.under(world.root, key).generate({}))
      const encrypted = [foreign, ...made.flatMap((dataKey) => dataKey.encrypted)]
      yield* world.root.disableKey({ KeyId: keys[0] ?? "" })
      const { decrypt } = KmsDataKeys.any(world.root)
      assert.deepStrictEqual(yield* decrypt(encrypted, {}), made[1]?.plaintext)
      yield* world.root.disableKey({ KeyId: keys[2] ?? "" })
      yield* world.root.scheduleKeyDeletion({ KeyId: keys[1] ?? "" })
      assert.strictEqual((yield* Effect.flip(decrypt(encrypted, {})))._tag, "DisabledException")
    }))

  it.effect("ask the KMS about no data key of anyone else", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      const [own] = (yield* KmsDataKeys.under(world.root, KeyId).generate({})).encrypted
      assert.isDefined(own)
      const before = world.events().length
      const others = [
        foreign,
        { ...own, providerId: "aws-kms-too" },
        { ...own, providerInfo: bytes(KeyId) },
        { ...own, providerInfo: bytes(`arn:aws:kms:eu-west-1:${account}:alias/pay`) },
        { ...own, providerInfo: Uint8Array.of(0xff, 0xfe) }
      ]
      for (const encrypted of [[], ...others.map((other) => [other])]) {
        assert.strictEqual(
          (yield* Effect.flip(KmsDataKeys.any(world.root).decrypt(encrypted, {})))._tag,
          "NoKmsDataKey"
        )
      }
      assert.strictEqual(world.events().length, before)
    }))
})
