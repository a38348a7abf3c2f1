/** Node has the same SubtleCrypto: what a browser makes of a handle is compared with what the core makes of the bytes. */
import { assert, describe, it } from "@effect/vitest"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as DerivedRootKey from "@keystead/core/crypto/DerivedRootKey"
import type { RootKeyUses } from "@keystead/core/crypto/RootKey"
import { handleOf, newHandle, rootKeyOf } from "@keystead/runtime-browser/CryptoKeyRootKey"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"

const run = <A, E>(program: Effect.Effect<A, E, Crypto>): Promise<A> =>
  Effect.runPromise(Effect.provide(program, WebCrypto.layer))

const bytes = fc.uint8Array({ maxLength: 60 })
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 })

const ofHandle = (secret: Uint8Array) =>
  Effect.flatMap(Effect.promise(() => handleOf(new Uint8Array(secret))), (handle) => rootKeyOf(handle))

/** What one wrapped the other unwraps, and nothing else. */
const reads = Effect.fnUntraced(
  function*(one: RootKeyUses, other: RootKeyUses, plaintext: Uint8Array, aad: Uint8Array, at: number) {
    const wrapped = yield* one.wrap(plaintext, aad)
    assert.deepStrictEqual(yield* other.unwrap(wrapped, aad), plaintext)
    const changed = wrapped.slice()
    const place = at % wrapped.length
    changed[place] = (changed[place] ?? 0) ^ (1 << (at % 8))
    for (const wrong of [changed, wrapped.subarray(0, place), new Uint8Array()]) {
      assert.strictEqual((yield* Effect.flip(other.unwrap(wrong, aad)))._tag, "NotAuthentic")
    }
    const otherAad = Uint8Array.from([...aad, 1])
    assert.strictEqual((yield* Effect.flip(other.unwrap(wrapped, otherAad)))._tag, "NotAuthentic")
  }
)

describe("the root key behind a handle", () => {
  it("agrees with that of the same bytes: each reads what the other wrote", async () => {
    await fc.assert(
      fc.asyncProperty(secret, bytes, bytes, fc.nat(), (secret, plaintext, aad, at) =>
        run(Effect.gen(function*() {
          const [own, ofBytes] = [yield* ofHandle(secret), yield* DerivedRootKey.make(secret.slice())]
          assert.deepStrictEqual(yield* own.mac(plaintext), yield* ofBytes.mac(plaintext))
          yield* reads(own, ofBytes, plaintext, aad, at)
          yield* reads(ofBytes, own, plaintext, aad, at)
        })))
    )
  })

  it("takes bytes that others share the memory of", () =>
    run(Effect.gen(function*() {
      const own = yield* ofHandle(new Uint8Array(32))
      const shared = new Uint8Array(new SharedArrayBuffer(4))
      const wrapped = yield* own.wrap(shared, shared)
      assert.deepStrictEqual(yield* own.unwrap(wrapped, shared), new Uint8Array(4))
      assert.deepStrictEqual(yield* own.mac(shared), yield* own.mac(new Uint8Array(4)))
    })))

  it("is another for each new handle, none of which can be exported", async () => {
    const [one, other] = [await newHandle(), await newHandle()]
    for (const handle of [one, other]) {
      assert.isFalse(handle.extractable)
      const exported = await crypto.subtle.exportKey("raw", handle).then(() => "exported", ({ name }: Error) => name)
      assert.notStrictEqual(exported, "exported")
    }
    await run(Effect.gen(function*() {
      const data = new Uint8Array(3)
      assert.notDeepEqual(yield* (yield* rootKeyOf(one)).mac(data), yield* (yield* rootKeyOf(other)).mac(data))
    }))
  })

  it("is refused where the handle is for something else", async () => {
    const handle = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"])
    assert.strictEqual((await run(Effect.flip(rootKeyOf(handle)))).reason, "Unreadable")
  })
})
