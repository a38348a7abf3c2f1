import { assert, describe, it } from "@effect/vitest"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "fast-check"

const crypto = Noble.layer(insecureSeeded("root"))

const run = <A, E>(program: Effect.Effect<A, E, Crypto>) => Effect.runSync(Effect.provide(program, crypto))

const bytes = fc.uint8Array({ maxLength: 60 })
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe("a derived root key", () => {
  it("unwraps what it wrapped, bound to the same additional data, and nothing that was changed", () => {
    fc.assert(fc.property(secret, bytes, bytes, bytes, fc.nat(), (secret, plaintext, aad, otherAad, at) => {
      run(Effect.gen(function*() {
        const rootKey = yield* DerivedRootKey.make(secret)
        const wrapped = yield* rootKey.wrap(plaintext, aad)
        assert.strictEqual(wrapped.length, 12 + plaintext.length + 16)
        assert.deepStrictEqual(yield* rootKey.unwrap(wrapped, aad), plaintext)
        assert.notDeepEqual(yield* rootKey.wrap(plaintext, aad), wrapped)
        const refused = (wrapped: Uint8Array, aad: Uint8Array) =>
          Effect.map(Effect.flip(rootKey.unwrap(wrapped, aad)), ({ _tag }) => assert.strictEqual(_tag, "NotAuthentic"))
        if (Buffer.compare(aad, otherAad) !== 0) yield* refused(wrapped, otherAad)
        const changed = wrapped.slice()
        const place = at % wrapped.length
        changed[place] = (changed[place] ?? 0) ^ (1 << (at % 8))
        yield* refused(changed, aad)
        yield* refused(wrapped.subarray(0, at % wrapped.length), aad)
      }))
    }))
  })

  it("is another for another secret", () => {
    fc.assert(fc.property(secret, secret, bytes, (one, other, data) => {
      if (Buffer.compare(one, other) === 0) return
      run(Effect.gen(function*() {
        const [first, second] = [yield* DerivedRootKey.make(one), yield* DerivedRootKey.make(other)]
        assert.notDeepEqual(yield* first.mac(data), yield* second.mac(data))
        const wrapped = yield* first.wrap(data, new Uint8Array())
        assert.strictEqual((yield* Effect.flip(second.unwrap(wrapped, new Uint8Array())))._tag, "NotAuthentic")
      }))
    }))
  })

  it("keeps what it needs: the secret may be overwritten", () => {
    run(Effect.gen(function*() {
      const secret = new Uint8Array(32).fill(5)
      const rootKey = yield* DerivedRootKey.make(secret)
      const wrapped = yield* rootKey.wrap(Uint8Array.of(1), Uint8Array.of(2))
      const mac = yield* rootKey.mac(Uint8Array.of(3))
      secret.fill(0)
      assert.deepStrictEqual(yield* rootKey.unwrap(wrapped, Uint8Array.of(2)), Uint8Array.of(1))
      assert.deepStrictEqual(yield* rootKey.mac(Uint8Array.of(3)), mac)
      assert.strictEqual(mac.length, 32)
    }))
  })

  it("has 32 bytes: a secret of any other length is a mistake of the program", () => {
    for (const length of [0, 16, 31, 33, 64]) {
      const exit = run(Effect.exit(DerivedRootKey.make(new Uint8Array(length))))
      assert(Exit.isFailure(exit))
      const [reason] = exit.cause.reasons
      assert(reason?._tag === "Die" && reason.defect instanceof RangeError)
      assert.strictEqual(reason.defect.message, `A root key has 32 bytes, this one has ${length}`)
    }
  })
})
