import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import fc from "fast-check"
import { createHmac } from "node:crypto"
import { Crypto, NotAuthentic } from "../../src/crypto/Crypto.ts"
import * as Noble from "../../src/crypto/Noble.ts"
import { insecureSeeded } from "../../src/crypto/SeededRandom.ts"
import { describeAnswers } from "../support/CryptoLayer.ts"

describeAnswers("noble", Noble.layer(insecureSeeded("noble")))

const run = <A, E>(effect: Effect.Effect<A, E, Crypto>): A =>
  Effect.runSync(Effect.provide(effect, Noble.layer(insecureSeeded("noble"))))

const dies = (effect: Effect.Effect<unknown, NotAuthentic, Crypto>): boolean => {
  const exit = run(Effect.exit(effect))
  return Exit.isFailure(exit) && exit.cause.reasons.every((reason) => reason._tag === "Die")
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

describe("AES-256-GCM", () => {
  it("opens what it sealed, and refuses any one-bit change of it", () => {
    fc.assert(fc.property(
      bytes(32),
      bytes(12),
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 80 }),
      fc.nat(),
      (key, nonce, aad, plaintext, at) => {
        const { opened, refused } = run(Effect.gen(function*() {
          const crypto = yield* Crypto
          const cipher = yield* crypto.aesGcm(key)
          const sealed = yield* cipher.seal(nonce, aad, plaintext)
          const opened = yield* cipher.open(nonce, aad, sealed)
          const bit = at % (sealed.length * 8)
          sealed[bit >> 3] = (sealed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
          return { opened, refused: yield* Effect.flip(cipher.open(nonce, aad, sealed)) }
        }))
        assert.deepStrictEqual(opened, plaintext)
        assert.instanceOf(refused, NotAuthentic)
      }
    ))
  })

  it("takes a wrong key or nonce length as a mistake in the program", () => {
    for (const length of [0, 16, 24, 31, 33]) {
      assert.isTrue(dies(Crypto.use((crypto) => crypto.aesGcm(new Uint8Array(length)))))
    }
    for (const length of [0, 11, 13, 16]) {
      const nonce = new Uint8Array(length)
      const cipher = Crypto.use((crypto) => crypto.aesGcm(new Uint8Array(32)))
      assert.isTrue(dies(Effect.flatMap(cipher, (cipher) => cipher.seal(nonce, nonce, nonce))))
      assert.isTrue(dies(Effect.flatMap(cipher, (cipher) => cipher.open(nonce, nonce, new Uint8Array(16)))))
    }
  })
})

describe("the counter-mode derivation", () => {
  /** NIST SP 800-108r1 section 4.1, written down a second time, plainly. */
  const reference = (key: Uint8Array, fixedInput: Uint8Array, length: number): Uint8Array => {
    const blocks: Array<Uint8Array> = []
    for (let i = 1; blocks.length * 32 < length; i++) {
      const counter = Uint8Array.of(i >>> 24, (i >>> 16) & 255, (i >>> 8) & 255, i & 255)
      blocks.push(createHmac("sha256", key).update(counter).update(fixedInput).digest())
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, length))
  }

  it("gives the standard's bytes, again and again, from one prepared state", () => {
    fc.assert(fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 200 }),
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 150 }), fc.integer({ min: 1, max: 300 })), { maxLength: 4 }),
      (key, calls) => {
        const original = key.slice()
        const outputs = run(Effect.gen(function*() {
          const derivation = yield* (yield* Crypto).derivation(key)
          key.fill(0)
          return yield* Effect.forEach(calls, ([input, length]) => derivation.derive(input, length))
        }))
        assert.deepStrictEqual(outputs, calls.map(([input, length]) => reference(original, input, length)))
      }
    ))
  })

  it("reaches 8,160 bytes and no further, and has no empty output", () => {
    const key = new Uint8Array(32)
    const derive = (length: number) =>
      Effect.flatMap(Crypto.use((crypto) => crypto.derivation(key)), (it) => it.derive(key, length))
    assert.deepStrictEqual(run(derive(8160)), reference(key, key, 8160))
    for (const length of [8161, 0, -1, 1.5, Number.NaN]) assert.isTrue(dies(derive(length)), `${length} bytes`)
    assert.isTrue(dies(Crypto.use((crypto) => crypto.derivation(new Uint8Array(31)))))
  })

  it("derives nothing once it is wiped", () => {
    assert.isTrue(dies(Effect.gen(function*() {
      const derivation = yield* (yield* Crypto).derivation(new Uint8Array(32))
      derivation.wipe()
      return yield* derivation.derive(new Uint8Array(4), 32)
    })))
  })
})

describe("the seeded random source", () => {
  it("gives one stream of bytes for a seed, however the calls cut it", () => {
    fc.assert(fc.property(fc.string(), fc.array(fc.integer({ min: 0, max: 1500 }), { maxLength: 8 }), (seed, cuts) => {
      const whole = insecureSeeded(seed)(cuts.reduce((sum, cut) => sum + cut, 0))
      const source = insecureSeeded(seed)
      assert.deepStrictEqual(Uint8Array.from(cuts.flatMap((cut) => [...source(cut)])), whole)
    }))
  })

  it("gives other bytes for another seed, and never the same ones twice", () => {
    const source = insecureSeeded("a")
    const seen = new Set(Array.from({ length: 1000 }, () => source(16).join()))
    assert.strictEqual(seen.size, 1000)
    assert.notDeepEqual(insecureSeeded("a")(32), insecureSeeded("b")(32))
  })

  it("is the layer's entropy", () => {
    assert.deepStrictEqual(run(Crypto.use((crypto) => crypto.randomBytes(40))), insecureSeeded("noble")(40))
    assert.isTrue(dies(Crypto.use((crypto) => crypto.randomBytes(-1))))
  })
})
