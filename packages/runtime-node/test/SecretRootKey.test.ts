import { assert, describe, it } from "@effect/vitest"
import { rootKeyOf } from "@keystead/runtime-node/SecretRootKey"
import * as Effect from "effect/Effect"

const overwritten = (secret: Uint8Array) => assert.deepStrictEqual(secret, new Uint8Array(secret.length))

describe("a root key out of secret bytes", () => {
  it.effect("leaves none of the bytes, and works without them", () =>
    Effect.gen(function*() {
      const [secret, same] = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)]
      const rootKey = yield* rootKeyOf(secret)
      overwritten(secret)
      const again = yield* rootKeyOf(same)
      const data = new Uint8Array([1, 2, 3])
      assert.deepStrictEqual(yield* again.mac(data), yield* rootKey.mac(data))
      assert.deepStrictEqual(yield* again.unwrap(yield* rootKey.wrap(data, data), data), data)
    }))

  it.effect("leaves none of the bytes of a secret that is too long or too short", () =>
    Effect.gen(function*() {
      for (const length of [0, 31, 33]) {
        const secret = new Uint8Array(length).fill(7)
        const exit = yield* Effect.exit(rootKeyOf(secret))
        assert.strictEqual(exit._tag, "Failure")
        overwritten(secret)
      }
    }))
})
