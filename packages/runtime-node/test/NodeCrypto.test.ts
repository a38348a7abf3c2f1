import { assert, describe, it } from "@effect/vitest"
import { Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import fc from "fast-check"
import { hkdfSync } from "node:crypto"
import * as NodeCrypto from "../src/NodeCrypto.ts"

const layers: ReadonlyArray<readonly [string, Layer.Layer<Crypto>]> = [
  ["noble", Noble.layer(insecureSeeded("cross"))],
  ["node:crypto", NodeCrypto.layer]
]

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"))
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const upTo = (maxLength: number) => fc.uint8Array({ maxLength, size: "max" })

/** One program on both layers. The results must be the same, class included: no Buffer leaks out of Node's. */
const agree = <A, E>(program: Effect.Effect<A, E, Crypto>): A => {
  const [noble, node] = layers.map(([, layer]) => Effect.runSyncExit(Effect.provide(program, layer)))
  assert.deepStrictEqual(node, noble)
  if (node === undefined || Exit.isFailure(node)) throw new Error("Both layers failed alike")
  return node.value
}

const seal = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array) =>
  Effect.flatMap(Crypto.use((crypto) => crypto.aesGcm(key)), (cipher) => cipher.seal(nonce, aad, plaintext))

const open = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) =>
  Effect.flatMap(Crypto.use((crypto) => crypto.aesGcm(key)), (cipher) => cipher.open(nonce, aad, sealed))

const refused = (...args: Parameters<typeof open>): void =>
  assert.instanceOf(agree(Effect.flip(open(...args))), NotAuthentic)

const flipped = (original: Uint8Array, at: number): Uint8Array => {
  const changed = original.slice()
  const bit = at % (original.length * 8)
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}

const aSealing = [bytes(32), bytes(12), upTo(100), upTo(600)] as const

describe("the node and noble layers agree", () => {
  it("on AES-256-GCM, attached and detached", () => {
    fc.assert(fc.property(...aSealing, (key, nonce, aad, plaintext) => {
      const sealed = agree(seal(key, nonce, aad, plaintext))
      assert.deepStrictEqual(agree(open(key, nonce, aad, sealed)), plaintext)
      const { ciphertext, tag } = agree(
        Effect.flatMap(Crypto.use((it) => it.aesGcm(key)), (it) => it.sealDetached(nonce, aad, plaintext))
      )
      assert.deepStrictEqual(Uint8Array.of(...ciphertext, ...tag), sealed)
    }))
  })

  it("on refusing another key, nonce, additional data, ciphertext or tag", () => {
    fc.assert(fc.property(...aSealing, fc.nat(), (key, nonce, aad, plaintext, at) => {
      const sealed = agree(seal(key, nonce, aad, plaintext))
      refused(flipped(key, at), nonce, aad, sealed)
      refused(key, flipped(nonce, at), aad, sealed)
      refused(key, nonce, aad.length === 0 ? Uint8Array.of(0) : flipped(aad, at), sealed)
      refused(key, nonce, aad, flipped(sealed, at))
      refused(key, nonce, aad, sealed.with(-1 - (at % 16), (sealed.at(-1 - (at % 16)) ?? 0) ^ 0x80))
    }))
  })

  it("on refusing every truncation, and anything added", () => {
    const [key, nonce, aad] = [hex("07".repeat(32)), hex("00".repeat(12)), hex("0102")]
    const sealed = agree(seal(key, nonce, aad, new Uint8Array(40)))
    for (let length = 0; length < sealed.length; length++) refused(key, nonce, aad, sealed.subarray(0, length))
    refused(key, nonce, aad, Uint8Array.of(...sealed, 0))
  })

  it("on the counter-mode derivation", () => {
    const lengths = fc.integer({ min: 1, max: 8160 })
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 130 }), upTo(200), lengths, (key, input, length) => {
        const derive = Effect.flatMap(Crypto.use((crypto) => crypto.derivation(key)), (it) => it.derive(input, length))
        assert.strictEqual(agree(derive).length, length)
      })
    )
  })

  it("on HMAC-SHA-256, the empty key and data included", () => {
    fc.assert(fc.property(upTo(200), upTo(300), (key, data) => {
      assert.strictEqual(agree(Crypto.use((crypto) => crypto.hmacSha256(key, data))).length, 32)
    }))
    agree(Crypto.use((crypto) => crypto.hmacSha256(new Uint8Array(0), new Uint8Array(0))))
  })

  it("on SHA-256, and on its known answer for abc (FIPS 180-4)", () => {
    fc.assert(fc.property(upTo(300), (data) => {
      assert.strictEqual(agree(Crypto.use((crypto) => crypto.sha256(data))).length, 32)
    }))
    assert.deepStrictEqual(
      agree(Crypto.use((crypto) => crypto.sha256(Uint8Array.from(Buffer.from("abc"))))),
      hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    )
  })

  it("on HKDF-SHA-512, empty key, salt and info included", () => {
    const lengths = fc.integer({ min: 1, max: 16320 })
    fc.assert(fc.property(upTo(200), upTo(200), upTo(1024), lengths, (key, salt, info, length) => {
      const infos = [info, salt, info]
      const outputs = agree(Crypto.use((crypto) => crypto.hkdfSha512Each(key, salt, infos, length)))
      assert.deepStrictEqual(outputs, infos.map((each) => new Uint8Array(hkdfSync("sha512", key, salt, each, length))))
    }))
    const empty = new Uint8Array(0)
    agree(Crypto.use((crypto) => crypto.hkdfSha512Each(empty, empty, [empty], 64)))
  })

  it("on what is a mistake in the program", () => {
    const [short, key] = [new Uint8Array(11), new Uint8Array(32)]
    const mistakes: ReadonlyArray<Effect.Effect<unknown, NotAuthentic, Crypto>> = [
      Crypto.use((crypto) => crypto.aesGcm(short)),
      seal(key, short, short, short),
      open(key, short, short, short),
      Crypto.use((crypto) => crypto.derivation(short)),
      Crypto.use((crypto) => crypto.randomBytes(0.5)),
      Crypto.use((crypto) => crypto.hkdfSha512Each(key, key, [key], 16321)),
      Crypto.use((crypto) => crypto.hkdfSha512Each(key, key, [key], 0)),
      Crypto.use((crypto) => crypto.hkdfSha512Each(key, key, [new Uint8Array(1025)], 32))
    ]
    for (const mistake of mistakes) {
      const messages = layers.map(([, layer]) => {
        const exit = Effect.runSyncExit(Effect.provide(mistake, layer))
        const reasons = Exit.isFailure(exit) ? exit.cause.reasons : []
        return reasons.map((reason) => (reason._tag === "Die" ? String(reason.defect) : reason._tag))
      })
      assert.match(messages[0]?.[0] ?? "", /^RangeError: /)
      assert.deepStrictEqual(messages[1], messages[0])
    }
  })
})

describe.each(layers)("the %s layer gives the published answers", (_name, layer) => {
  const run = <A>(program: Effect.Effect<A, NotAuthentic, Crypto>): A =>
    Effect.runSync(Effect.provide(Effect.orDie(program), layer))

  it("of AES-256-GCM (McGrew and Viega, test cases 13, 14 and 16, which SP 800-38D refers to)", () => {
    const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)]
    assert.deepStrictEqual(run(seal(key, nonce, none, none)), hex("530f8afbc74536b9a963b4f1c4cb738b"))
    assert.deepStrictEqual(
      run(seal(key, nonce, none, new Uint8Array(16))),
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
      run(sealed),
      hex(
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" +
          "76fc6ece0f4e1768cddf8853bb2d551b"
      )
    )
  })

  it("of HMAC-SHA-256 (RFC 4231, test cases 1, 2 and 6)", () => {
    const mac = (key: Uint8Array, text: string) =>
      run(Crypto.use((crypto) => crypto.hmacSha256(key, Uint8Array.from(Buffer.from(text)))))
    assert.deepStrictEqual(
      mac(hex("0b".repeat(20)), "Hi There"),
      hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    )
    assert.deepStrictEqual(
      mac(hex("4a656665"), "what do ya want for nothing?"),
      hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    )
    assert.deepStrictEqual(
      mac(hex("aa".repeat(131)), "Test Using Larger Than Block-Size Key - Hash Key First"),
      hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    )
  })

  it("of the KDF in counter mode (NIST CAVP for SP 800-108: HMAC_SHA256, BEFORE_FIXED, 32_BITS, count 0)", () => {
    const key = hex("dd1d91b7d90b2bd3138533ce92b272fbf8a369316aefe242e659cc0ae238afe0")
    const fixedInput = hex(
      "01322b96b30acd197979444e468e1c5c6859bf1b1cf951b7e725303e237e46b8" +
        "64a145fab25e517b08f8683d0315bb2911d80a0e8aba17f3b413faac"
    )
    const derive = Effect.flatMap(Crypto.use((crypto) => crypto.derivation(key)), (it) => it.derive(fixedInput, 16))
    assert.deepStrictEqual(run(derive), hex("10621342bfb0fd40046c0e29f2cfdbf0"))
  })
})
