import { assert, describe, it } from "@effect/vitest"
import { constantTimeEquals } from "@keystead/core/crypto/ConstantTime"
import * as CounterDerivation from "@keystead/core/crypto/CounterDerivation"
import { Crypto } from "@keystead/core/crypto/Crypto"
import { hkdfPair } from "@keystead/core/crypto/HkdfPair"
import * as Noble from "@keystead/core/crypto/Noble"
import * as Preconditions from "@keystead/core/crypto/Preconditions"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as fc from "fast-check"
import { createCipheriv, createHash, createHmac } from "node:crypto"

const bytes = fc.uint8Array({ maxLength: 80 })

describe("constantTimeEquals", () => {
  it("says whether two byte strings are the same", () => {
    fc.assert(fc.property(bytes, bytes, (left, right) => {
      assert.strictEqual(constantTimeEquals(left, right), Buffer.compare(left, right) === 0)
      assert.isTrue(constantTimeEquals(left, left.slice()))
    }))
  })

  it("sees one bit anywhere, and bytes that are left over", () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.nat(), fc.nat(7), (left, at, bit) => {
      const place = at % left.length
      const right = left.slice()
      right[place] = (right[place] ?? 0) ^ (1 << bit)
      assert.isFalse(constantTimeEquals(left, right))
      assert.isFalse(constantTimeEquals(left, left.subarray(1)))
      assert.isFalse(constantTimeEquals(left.subarray(1), left))
      assert.isFalse(constantTimeEquals(left, Uint8Array.of(...left, 0)))
    }))
  })
})

describe("the counter-mode derivation", () => {
  /** NIST SP 800-108r1 section 4.1, by node:crypto. */
  const expected = (key: Uint8Array, input: Uint8Array, length: number): Uint8Array => {
    const blocks: Array<Buffer> = []
    for (let index = 1; blocks.length * 32 < length; index++) {
      const counter = Buffer.alloc(4)
      counter.writeUInt32BE(index)
      blocks.push(createHmac("sha256", key).update(counter).update(input).digest())
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, length))
  }

  const key = fc.uint8Array({ minLength: 32, maxLength: 140, size: "max" })

  it("is the standard's, for every key, input and length, and for one derivation after another", () => {
    fc.assert(
      fc.property(key, fc.array(fc.tuple(bytes, fc.integer({ min: 1, max: 200 })), { maxLength: 4 }), (key, asked) => {
        const given = key.slice()
        const derivation = CounterDerivation.make(given)
        given.fill(0)
        for (const [input, length] of asked) {
          assert.deepStrictEqual(Effect.runSync(derivation.derive(input, length)), expected(key, input, length))
        }
      })
    )
  })

  it("gives 1 to 8,160 bytes", () => {
    const derivation = CounterDerivation.make(new Uint8Array(32))
    const whole = expected(new Uint8Array(32), Uint8Array.of(1), 8160)
    for (const length of [1, 31, 32, 33, 64, 8159, 8160]) {
      assert.deepStrictEqual(Effect.runSync(derivation.derive(Uint8Array.of(1), length)), whole.slice(0, length))
    }
    for (const length of [0, -1, 1.5, 8161, Number.NaN]) {
      assert.throws(
        () => Effect.runSync(derivation.derive(Uint8Array.of(1), length)),
        `A derived key has 1 to 8160 bytes, ${length} were asked for`
      )
    }
  })

  it("needs a key of 32 bytes, and derives nothing once it is wiped", () => {
    assert.throws(
      () => CounterDerivation.make(new Uint8Array(31)),
      "A derivation key has at least 32 bytes, this one has 31"
    )
    const derivation = CounterDerivation.make(new Uint8Array(32).fill(1))
    derivation.wipe()
    assert.throws(() => Effect.runSync(derivation.derive(Uint8Array.of(1), 32)))
  })
})

describe("preconditions", () => {
  const cases = [
    [() => Preconditions.needAesKey(new Uint8Array(32)), ""],
    [() => Preconditions.needAesKey(new Uint8Array(31)), "An AES-256 key has 32 bytes, this one has 31"],
    [() => Preconditions.needAesKey(new Uint8Array(33)), "An AES-256 key has 32 bytes, this one has 33"],
    [() => Preconditions.needNonce(new Uint8Array(12)), ""],
    [() => Preconditions.needNonce(new Uint8Array(11)), "An AES-GCM nonce has 12 bytes, this one has 11"],
    [() => Preconditions.needNonce(new Uint8Array(16)), "An AES-GCM nonce has 12 bytes, this one has 16"],
    [() => Preconditions.needDerivationKey(new Uint8Array(32)), ""],
    [() => Preconditions.needDerivationKey(new Uint8Array(64)), ""],
    [
      () => Preconditions.needDerivationKey(new Uint8Array(31)),
      "A derivation key has at least 32 bytes, this one has 31"
    ],
    [() => Preconditions.needLength(1, 10), ""],
    [() => Preconditions.needLength(10, 10), ""],
    [() => Preconditions.needLength(0, 10), "A derived key has 1 to 10 bytes, 0 were asked for"],
    [() => Preconditions.needLength(11, 10), "A derived key has 1 to 10 bytes, 11 were asked for"],
    [() => Preconditions.needLength(1.5, 10), "A derived key has 1 to 10 bytes, 1.5 were asked for"],
    [() => Preconditions.needInfo(new Uint8Array(1024)), ""],
    [() => Preconditions.needInfo(new Uint8Array(1025)), "HKDF takes at most 1024 bytes of info, these are 1025"],
    [() => Preconditions.needCount(0), ""],
    [() => Preconditions.needCount(65_536), ""],
    [() => Preconditions.needCount(-1), "-1 is not a number of bytes"],
    [() => Preconditions.needCount(0.5), "0.5 is not a number of bytes"],
    [() => Preconditions.needCount(Number.POSITIVE_INFINITY), "Infinity is not a number of bytes"]
  ] as const

  it("are told by a RangeError that says what was given", () => {
    for (const [need, message] of cases) {
      if (message === "") need()
      else assert.throws(need, RangeError, message)
    }
  })
})

describe("the noble layer", () => {
  const dies = (ask: (crypto: Crypto["Service"]) => Effect.Effect<unknown>) => {
    const exit = Effect.runSync(Effect.exit(Effect.provide(Crypto.use(ask), Noble.layer(insecureSeeded("small")))))
    return Exit.isFailure(exit)
      ? exit.cause.reasons.map((reason) => reason._tag === "Die" && String(reason.defect))
      : []
  }
  const [none, key] = [new Uint8Array(), new Uint8Array(32)]

  it("asks of its arguments what every layer asks", () => {
    const tooLong = new Uint8Array(1025)
    const cases = [
      [dies((crypto) => crypto.randomBytes(-1)), "RangeError: -1 is not a number of bytes"],
      [dies((crypto) => crypto.aesGcm(none)), "RangeError: An AES-256 key has 32 bytes, this one has 0"],
      [dies((crypto) => crypto.derivation(none)), "RangeError: A derivation key has at least 32 bytes, this one has 0"],
      [
        dies((crypto) => crypto.hkdfSha512Each(key, none, [tooLong], 32)),
        "RangeError: HKDF takes at most 1024 bytes of info, these are 1025"
      ],
      [
        dies((crypto) => crypto.hkdfSha512Each(key, none, [none, tooLong], 32)),
        "RangeError: HKDF takes at most 1024 bytes of info, these are 1025"
      ],
      [
        dies((crypto) => crypto.hkdfSha512Each(key, none, [none], 0)),
        "RangeError: A derived key has 1 to 16320 bytes, 0 were asked for"
      ],
      [
        dies((crypto) => crypto.hkdfSha512Each(key, none, [none], 16_321)),
        "RangeError: A derived key has 1 to 16320 bytes, 16321 were asked for"
      ]
    ] as const
    for (const [defects, message] of cases) assert.deepStrictEqual(defects, [message])
  })
})

describe("hkdfPair", () => {
  const secret = new Uint8Array(32).fill(1)
  const infos = [Uint8Array.of(1), Uint8Array.of(2)] as const

  it.effect("gives what each info gives by itself, in their order", () =>
    Effect.gen(function*() {
      const crypto = yield* Crypto
      const pair = yield* hkdfPair(crypto, secret, secret, infos, 32)
      const alone = yield* Effect.forEach(infos, (info) => crypto.hkdfSha512Each(secret, secret, [info], 32))
      assert.deepStrictEqual([...pair], alone.flat())
    }).pipe(Effect.provide(Noble.layer(insecureSeeded("pair")))))

  it.effect("takes too few keys for a defect, and gives none of them", () =>
    Effect.gen(function*() {
      const crypto = yield* Crypto
      for (const count of [0, 1]) {
        const meagre = Crypto.of({ ...crypto, hkdfSha512Each: () => Effect.succeed(Array(count).fill(secret)) })
        const exit = yield* Effect.exit(hkdfPair(meagre, secret, secret, infos, 32))
        assert.deepStrictEqual(exit, Exit.die(new Error("HKDF gave too few keys")))
      }
    }).pipe(Effect.provide(Noble.layer(insecureSeeded("pair")))))
})

describe("the seeded random source", () => {
  /** ChaCha20 (RFC 8439) by node:crypto: its IV is the 32-bit block counter, little-endian, and the nonce. */
  const keystream = (seed: string, length: number) => {
    const key = createHash("sha256").update(seed).digest()
    return Uint8Array.from(createCipheriv("chacha20", key, Buffer.alloc(16)).update(new Uint8Array(length)))
  }

  it("is ChaCha20's keystream under the seed's hash, however the calls cut it", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(700), { maxLength: 12 }), (seed, lengths) => {
      const source = insecureSeeded(seed)
      const given = Buffer.concat(lengths.map((length) => {
        const bytes = source(length)
        assert.strictEqual(bytes.length, length)
        return bytes
      }))
      assert.deepStrictEqual(Uint8Array.from(given), keystream(seed, given.length))
    }))
  })

  it("gives arrays of its own", () => {
    const source = insecureSeeded("x")
    source(16).fill(0)
    const [, second] = [insecureSeeded("x")(16), source(16)]
    assert.deepStrictEqual(second, keystream("x", 32).slice(16))
  })
})
