/** What every layer of the Crypto service must keep: it agrees with noble's byte for byte, and with the published answers. */
import { assert, describe, it } from "@effect/vitest"
import { Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import fc from "fast-check"
import { hkdfSync } from "node:crypto"

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"))
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const upTo = (maxLength: number) => fc.uint8Array({ maxLength, size: "max" })

type Program<A, E> = Effect.Effect<A, E, Crypto>

/** A layer of the service: with an error where its host may lack what it needs. */
export type CryptoLayer = Layer.Layer<Crypto, { readonly message: string }>

const noble = Noble.layer(insecureSeeded("cross"))

const exitOf = <A, E>(program: Program<A, E>, layer: CryptoLayer): Promise<Exit.Exit<A, E>> =>
  Effect.runPromiseExit(Effect.provide(program, Layer.orDie(layer)))

/** One program on both layers. The results must be the same, class included: no Buffer leaks out of Node's. */
const agreement = (layer: CryptoLayer) => async <A, E>(program: Program<A, E>): Promise<A> => {
  const [ours, theirs] = [await exitOf(program, noble), await exitOf(program, layer)]
  assert.deepStrictEqual(theirs, ours)
  if (Exit.isFailure(theirs)) throw new Error("Both layers failed alike")
  return theirs.value
}

const seal = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) =>
  Effect.flatMap(Crypto.use((crypto) => crypto.aesGcm(key)), (cipher) => cipher.seal(nonce, aad, plaintext))

const open = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) =>
  Effect.flatMap(Crypto.use((crypto) => crypto.aesGcm(key)), (cipher) => cipher.open(nonce, aad, sealed))

const flipped = (original: Uint8Array, at: number): Uint8Array => {
  const changed = original.slice()
  const bit = at % (original.length * 8)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

/** A plaintext whose length is one of these. */
const plaintexts = (lengths: fc.Arbitrary<number>) =>
  fc.tuple(fc.string(), lengths).map(([seed, length]) => insecureSeeded(seed)(length))

/** The layer and noble's give the same, for plaintexts of these lengths and for every other argument. */
export const describeAgreement = (name: string, layer: CryptoLayer, lengths: fc.Arbitrary<number>): void => {
  describe(`the ${name} and noble layers agree`, () => {
    const agree = agreement(layer)
    const aSealing = [bytes(32), bytes(12), upTo(100), plaintexts(lengths)] as const
    const refused = async (...args: Parameters<typeof open>): Promise<void> =>
      assert.instanceOf(await agree(Effect.flip(open(...args))), NotAuthentic)

    it("on AES-256-GCM, attached and detached", () =>
      fc.assert(fc.asyncProperty(...aSealing, async (key, nonce, aad, plaintext) => {
        const sealed = await agree(seal(key, nonce, aad, plaintext))
        assert.deepStrictEqual(await agree(open(key, nonce, aad, sealed)), plaintext)
        const { ciphertext, tag } = await agree(
          Effect.flatMap(Crypto.use((it) => it.aesGcm(key)), (it) => it.sealDetached(nonce, aad, plaintext))
        )
        assert.deepStrictEqual(Uint8Array.of(...ciphertext, ...tag), sealed)
      })))

    it("on many calls under one key, whose arguments are written over once each is done", () =>
      fc.assert(fc.asyncProperty(bytes(32), fc.array(lengths, { maxLength: 5 }), async (key, all) => {
        const program = Effect.flatMap(
          Crypto.use((it) => it.aesGcm(key)),
          (cipher) =>
            Effect.forEach(all, (length, at) => {
              const [nonce, aad, plaintext] = [new Uint8Array(12).fill(at), Uint8Array.of(at), new Uint8Array(length)]
              return Effect.map(cipher.seal(nonce, aad, plaintext), (sealed) => {
                for (const argument of [nonce, aad, plaintext]) argument.fill(0xff)
                return sealed
              })
            })
        )
        assert.strictEqual((await agree(program)).length, all.length)
      })))

    it("on several at once, each in the memory of the one before", () =>
      fc.assert(fc.asyncProperty(bytes(32), lengths, fc.nat(6), fc.nat(), async (key, length, count, at) => {
        const [nonce, aad, bytes] = [new Uint8Array(12), new Uint8Array(3), new Uint8Array(length + 16)]
        const reused = function*(contents: (index: number) => Uint8Array) {
          for (let index = 0; index < count; index++) {
            for (const argument of [nonce, aad]) argument.fill(index)
            const content = contents(index)
            bytes.set(content)
            yield { nonce, aad, plaintext: bytes.subarray(0, length), sealed: bytes.subarray(0, content.length) }
          }
          for (const argument of [nonce, aad, bytes]) argument.fill(0xff)
        }
        const plaintext = (index: number) => new Uint8Array(length).fill(index)
        const [one, each] = await agree(Effect.gen(function*() {
          const cipher = yield* (yield* Crypto).aesGcm(key)
          const one = yield* Effect.forEach(
            Array.from({ length: count }, (_, index) => index),
            (index) => cipher.seal(new Uint8Array(12).fill(index), new Uint8Array(3).fill(index), plaintext(index))
          )
          return [one, yield* cipher.sealEach(reused(plaintext))]
        }))
        assert.deepStrictEqual(each.map(({ ciphertext, tag }) => Uint8Array.of(...ciphertext, ...tag)), one)
        const open = (sealed: (index: number) => Uint8Array) =>
          Effect.flatMap(Crypto.use((it) => it.aesGcm(key)), (cipher) => cipher.openEach(reused(sealed)))
        const sealed = (index: number) => one[index] ?? nonce
        const all = one.map((_, index) => plaintext(index))
        assert.deepStrictEqual(await agree(open(sealed)), all)
        const broken = open((index) => index === at % count ? flipped(sealed(index), at) : sealed(index))
        if (count > 0) assert.instanceOf(await agree(Effect.flip(broken)), NotAuthentic)
      })))

    it("on refusing another key, nonce, additional data, ciphertext or tag", () =>
      fc.assert(fc.asyncProperty(...aSealing, fc.nat(), async (key, nonce, aad, plaintext, at) => {
        const sealed = await agree(seal(key, nonce, aad, plaintext))
        await refused(flipped(key, at), nonce, aad, sealed)
        await refused(key, flipped(nonce, at), aad, sealed)
        await refused(key, nonce, aad.length === 0 ? Uint8Array.of(0) : flipped(aad, at), sealed)
        await refused(key, nonce, aad, flipped(sealed, at))
        await refused(key, nonce, aad, sealed.with(-1 - (at % 16), (sealed.at(-1 - (at % 16)) ?? 0) ^ 0x80))
      })))

    it("on refusing every truncation, and anything added", async () => {
      const [key, nonce, aad] = [hex("07".repeat(32)), hex("00".repeat(12)), hex("0102")]
      const sealed = await agree(seal(key, nonce, aad, new Uint8Array(40)))
      for (let length = 0; length < sealed.length; length++) await refused(key, nonce, aad, sealed.subarray(0, length))
      await refused(key, nonce, aad, Uint8Array.of(...sealed, 0))
    })

    it("on the counter-mode derivation", () => {
      const derived = fc.integer({ min: 1, max: 8160 })
      const keys = fc.uint8Array({ minLength: 32, maxLength: 130 })
      return fc.assert(fc.asyncProperty(keys, upTo(200), derived, async (key, input, length) => {
        const derive = Effect.flatMap(Crypto.use((crypto) => crypto.derivation(key)), (it) => it.derive(input, length))
        assert.strictEqual((await agree(derive)).length, length)
      }))
    })

    it("on HMAC-SHA-256, the empty key and data included", async () => {
      const none = new Uint8Array(0)
      await fc.assert(fc.asyncProperty(upTo(200), upTo(300), async (key, data) => {
        assert.strictEqual((await agree(Crypto.use((crypto) => crypto.hmacSha256(key, data)))).length, 32)
      }))
      await agree(Crypto.use((crypto) => crypto.hmacSha256(none, none)))
    })

    it("on SHA-256, and on its known answer for abc (FIPS 180-4)", async () => {
      await fc.assert(fc.asyncProperty(upTo(300), async (data) => {
        assert.strictEqual((await agree(Crypto.use((crypto) => crypto.sha256(data)))).length, 32)
      }))
      assert.deepStrictEqual(
        await agree(Crypto.use((crypto) => crypto.sha256(Uint8Array.from(Buffer.from("abc"))))),
        hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
      )
    })

    it("on HKDF-SHA-512, empty key, salt and info included", async () => {
      const derived = fc.integer({ min: 1, max: 16320 })
      await fc.assert(fc.asyncProperty(upTo(200), upTo(200), upTo(1024), derived, async (key, salt, info, length) => {
        const infos = [info, salt, info]
        const outputs = await agree(Crypto.use((crypto) => crypto.hkdfSha512Each(key, salt, infos, length)))
        assert.deepStrictEqual(
          outputs,
          infos.map((each) => new Uint8Array(hkdfSync("sha512", key, salt, each, length)))
        )
      }))
      const empty = new Uint8Array(0)
      await agree(Crypto.use((crypto) => crypto.hkdfSha512Each(empty, empty, [empty], 64)))
    })

    it("on what is a mistake in the program", async () => {
      const [short, key, long] = [new Uint8Array(11), new Uint8Array(32), new Uint8Array(100_000)]
      const mistakes: ReadonlyArray<Program<unknown, NotAuthentic>> = [
        Crypto.use((crypto) => crypto.aesGcm(short)),
        seal(key, short, short, short),
        seal(key, short, short, long),
        open(key, short, short, short),
        open(key, short, short, long),
        Crypto.use((crypto) => crypto.derivation(short)),
        Crypto.use((crypto) => crypto.randomBytes(0.5)),
        Crypto.use((crypto) => crypto.hkdfSha512Each(key, key, [key], 16321)),
        Crypto.use((crypto) => crypto.hkdfSha512Each(key, key, [key], 0)),
        Crypto.use((crypto) => crypto.hkdfSha512Each(key, key, [new Uint8Array(1025)], 32))
      ]
      for (const mistake of mistakes) {
        const messages = [await exitOf(mistake, noble), await exitOf(mistake, layer)].map((exit) =>
          (Exit.isFailure(exit) ? exit.cause.reasons : []).map((reason) =>
            reason._tag === "Die" ? String(reason.defect) : reason._tag
          )
        )
        assert.match(messages[0]?.[0] ?? "", /^RangeError: /)
        assert.deepStrictEqual(messages[1], messages[0])
      }
    })
  })
}

/** The layer gives the answers that others published. */
export const describeAnswers = (name: string, layer: CryptoLayer): void => {
  describe(`the ${name} layer gives the published answers`, () => {
    const run = <A>(program: Program<A, NotAuthentic>): Promise<A> =>
      Effect.runPromise(Effect.provide(Effect.orDie(program), Layer.orDie(layer)))

    it("of AES-256-GCM (McGrew and Viega, test cases 13, 14 and 16, which SP 800-38D refers to)", async () => {
      const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)]
      assert.deepStrictEqual(await run(seal(key, nonce, none, none)), hex("530f8afbc74536b9a963b4f1c4cb738b"))
      assert.deepStrictEqual(
        await run(seal(key, nonce, none, new Uint8Array(16))),
        hex("cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919")
      )
      const sealed = seal(
        hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"),
        hex("cafebabefacedbaddecaf888"),
        hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
        hex(
          "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        )
      )
      assert.deepStrictEqual(
        await run(sealed),
        hex(
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
            "76fc6ece0f4e1768cddf8853bb2d551b"
        )
      )
    })

    it("of HMAC-SHA-256 (RFC 4231, test cases 1, 2 and 6)", async () => {
      const mac = (key: Uint8Array, text: string) =>
        run(Crypto.use((crypto) => crypto.hmacSha256(key, Uint8Array.from(Buffer.from(text)))))
      assert.deepStrictEqual(
        await mac(hex("0b".repeat(20)), "Hi There"),
        hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
      )
      assert.deepStrictEqual(
        await mac(hex("4a656665"), "what do ya want for nothing?"),
        hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
      )
      assert.deepStrictEqual(
        await mac(hex("aa".repeat(131)), "Test Using Larger Than Block-Size Key - Hash Key First"),
        hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
      )
    })

    it("of the KDF in counter mode (NIST CAVP for SP 800-108: HMAC_SHA256, BEFORE_FIXED, 32_BITS, count 0)", async () => {
      const key = hex("dd1d91b7d90b2bd3138533ce92b272fbf8a369316aefe242e659cc0ae238afe0")
      const fixedInput = hex(
        "01322b96b30acd197979444e468e1c5c6859bf1b1cf951b7e725303e237e46b8" +
          "64a145fab25e517b08f8683d0315bb2911d80a0e8aba17f3b413faac"
      )
      const derive = Effect.flatMap(Crypto.use((crypto) => crypto.derivation(key)), (it) => it.derive(fixedInput, 16))
      assert.deepStrictEqual(await run(derive), hex("10621342bfb0fd40046c0e29f2cfdbf0"))
    })
  })
}
