import { assert, describe, it } from "@effect/vitest"
import * as Noble from "@keystead/core/crypto/Noble"
import { establish } from "@keystead/core/crypto/RootKeyRecord"
import { ephemeral, fromBytes, rootKeyOf } from "@keystead/core/crypto/SecretRootKey"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as MemoryStorage from "@keystead/storage-memory/MemoryStorage"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const services = Layer.mergeAll(Noble.layer(insecureSeeded("secret")), MemoryStorage.layer)
const overwritten = (secret: Uint8Array) => assert.deepStrictEqual(secret, new Uint8Array(secret.length))
const data = new Uint8Array([1, 2, 3])

describe("a root key out of secret bytes", () => {
  it.effect("leaves none of the bytes, and works without them", () =>
    Effect.gen(function*() {
      const [secret, same] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)]
      const rootKey = yield* rootKeyOf(secret)
      overwritten(secret)
      const again = yield* rootKeyOf(same)
      assert.deepStrictEqual(yield* again.mac(data), yield* rootKey.mac(data))
      assert.deepStrictEqual(yield* again.unwrap(yield* rootKey.wrap(data, data), data), data)
    }).pipe(Effect.provide(services)))

  it.effect("leaves none of the bytes of a secret that is too long or too short", () =>
    Effect.gen(function*() {
      for (const length of [0, 31, 33]) {
        const secret = new Uint8Array(length).fill(7)
        const exit = yield* Effect.exit(rootKeyOf(secret))
        assert.strictEqual(exit._tag, "Failure")
        overwritten(secret)
      }
    }).pipe(Effect.provide(services)))
})

describe("a root key from the host", () => {
  it.effect("has 32 bytes, and the host's own are left alone", () =>
    Effect.gen(function*() {
      const bytes = new Uint8Array(32).fill(3)
      yield* establish(fromBytes(bytes))
      assert.deepStrictEqual(bytes, new Uint8Array(32).fill(3))
      assert.strictEqual((yield* Effect.flip(establish(fromBytes(new Uint8Array(31))))).reason, "Unreadable")
      assert.strictEqual((yield* Effect.flip(establish(fromBytes(new Uint8Array(32))))).reason, "Wrong")
    }).pipe(Effect.provide(services)))
})

describe("a root key that nobody keeps", () => {
  it.effect("is another each time, and missed by a store that outlived it", () =>
    Effect.gen(function*() {
      const [{ rootKey: one }, { rootKey: other }] = [yield* ephemeral.create, yield* ephemeral.create]
      assert.notDeepEqual(yield* one.mac(data), yield* other.mac(data))
      yield* establish(ephemeral)
      assert.strictEqual((yield* Effect.flip(establish(ephemeral))).reason, "Missing")
    }).pipe(Effect.provide(services)))
})
