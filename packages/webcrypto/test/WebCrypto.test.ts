import { assert, describe, it } from "@effect/vitest"
import { Crypto } from "@keystead/core/crypto/Crypto"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import { largeFrom } from "@keystead/webcrypto/BySize"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import fc from "fast-check"
import { afterEach, vi } from "vitest"
import { describeAgreement, describeAnswers } from "../../core/test/support/CryptoLayer.ts"

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Small ones, those around the size from which SubtleCrypto is asked, and one of several frames. */
const lengths = fc.oneof(fc.nat(600), fc.integer({ min: largeFrom - 20, max: largeFrom + 20 }), fc.constant(70_000))

describeAgreement("WebCrypto", WebCrypto.layer, lengths)
describeAnswers("WebCrypto", WebCrypto.layer)

const withCipher = (length: number) =>
  Effect.gen(function*() {
    const cipher = yield* (yield* Crypto).aesGcm(new Uint8Array(32))
    return yield* cipher.seal(new Uint8Array(12), new Uint8Array(0), new Uint8Array(length))
  }).pipe(Effect.provide(WebCrypto.layer))

describe("The WebCrypto layer", () => {
  it("is done at once under the size, and imports one key that cannot be extracted from it on", async () => {
    const importKey = vi.spyOn(crypto.subtle, "importKey")
    assert.strictEqual(Effect.runSync(withCipher(largeFrom - 1)).length, largeFrom + 15)
    assert.strictEqual(importKey.mock.calls.length, 0)
    const twice = Effect.gen(function*() {
      const cipher = yield* (yield* Crypto).aesGcm(new Uint8Array(32))
      for (const [at, length] of [largeFrom, 5000, largeFrom].entries()) {
        const nonce = new Uint8Array(12).fill(at)
        const sealed = yield* cipher.seal(nonce, nonce, new Uint8Array(length))
        assert.strictEqual((yield* cipher.open(nonce, nonce, sealed)).length, length)
      }
    })
    await Effect.runPromise(Effect.provide(twice, WebCrypto.layer))
    assert.deepStrictEqual(importKey.mock.calls.map(([format, , , extractable]) => [format, extractable]), [[
      "raw",
      false
    ]])
  })

  it("can be left while SubtleCrypto works", async () => {
    const fiber = Effect.runFork(withCipher(100_000))
    await Effect.runPromise(Fiber.interrupt(fiber))
    assert.strictEqual((await Effect.runPromise(withCipher(100_000))).length, 100_016)
  })

  it("takes bytes whose memory others share", async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(largeFrom))
    const seal = (plaintext: Uint8Array) =>
      Effect.gen(function*() {
        const cipher = yield* (yield* Crypto).aesGcm(new Uint8Array(new SharedArrayBuffer(32)))
        return yield* cipher.seal(new Uint8Array(12), new Uint8Array(0), plaintext)
      }).pipe(Effect.provide(WebCrypto.layer), Effect.runPromise)
    assert.deepStrictEqual(await seal(shared), await seal(new Uint8Array(largeFrom)))
  })

  it("lets what the host fails with be seen, and does not call it unauthentic", async () => {
    const open = Effect.gen(function*() {
      const cipher = yield* (yield* Crypto).aesGcm(new Uint8Array(32))
      return yield* cipher.open(new Uint8Array(12), new Uint8Array(0), new Uint8Array(5000))
    }).pipe(Effect.provide(WebCrypto.layer))
    vi.spyOn(crypto.subtle, "decrypt").mockRejectedValue(new Error("No memory"))
    const exit = await Effect.runPromiseExit(open)
    assert.match(String(exit), /No memory/)
    assert.notMatch(String(exit), /NotAuthentic/)
  })

  it("is seeded by another random source", () => {
    const random = Effect.flatMap(Crypto, (it) => it.randomBytes(40)).pipe(
      Effect.provide(WebCrypto.layerWith(insecureSeeded("one")))
    )
    assert.deepStrictEqual(Effect.runSync(random), insecureSeeded("one")(40))
  })

  it("says what to do where there is no crypto.subtle", async () => {
    vi.stubGlobal("crypto", { getRandomValues: <A>(bytes: A): A => bytes })
    const error = await Effect.runPromise(Effect.flip(withCipher(1)))
    assert.instanceOf(error, WebCrypto.NoSubtleCrypto)
    assert.match(error.message, /HTTPS or from localhost/)
  })
})
