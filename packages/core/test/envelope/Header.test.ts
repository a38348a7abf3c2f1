import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import fc from "fast-check"
import * as EncryptionContext from "../../src/domain/EncryptionContext.ts"
import { committingAes256 } from "../../src/envelope/AlgorithmSuite.ts"
import type { EncryptedDataKey } from "../../src/envelope/DataKeys.ts"
import * as Envelope from "../../src/envelope/Envelope.ts"
import * as Frames from "../../src/envelope/Frames.ts"
import * as Header from "../../src/envelope/Header.ts"
import * as HeaderParser from "../../src/envelope/HeaderParser.ts"
import { maxEncryptedDataKeys, maxHeaderLength, tagLength } from "../../src/envelope/Limits.ts"
import * as MessageKeys from "../../src/envelope/MessageKeys.ts"
import { Secrets } from "../../src/envelope/Secrets.ts"
import { dataKeys, errorOf, joined, pattern, run } from "./Support.ts"

const text = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => text.isWellFormed())
const bytes = fc.uint8Array({ maxLength: 300, size: "max" })
const dataKey = fc.record({ providerId: text, providerInfo: bytes, ciphertext: bytes })
const thirtyTwo = fc.uint8Array({ minLength: 32, maxLength: 32 })
const headers = fc.record({
  suite: fc.constant(committingAes256),
  messageId: thirtyTwo,
  encryptionContext: fc.dictionary(text, text, { maxKeys: 6 }).map((context): Record<string, string> => ({
    ...context
  })),
  encryptedDataKeys: fc.array(dataKey, { minLength: 1, maxLength: 5 }),
  frameLength: fc.integer({ min: 1, max: 0xffff_ffff }),
  commitment: thirtyTwo
})

const write = (header: Header.Header): Uint8Array => {
  const context = Result.getOrThrow(EncryptionContext.serialize(header.encryptionContext))
  return Result.getOrThrow(Header.write(header, context))
}

const example: Header.Header = {
  suite: committingAes256,
  messageId: pattern(32),
  encryptionContext: { a: "b" },
  encryptedDataKeys: [{ providerId: "p", providerInfo: pattern(3), ciphertext: pattern(4) }],
  frameLength: 10,
  commitment: pattern(32)
}
/** Places in the example's bytes. */
const at = { contextLength: 35, pairs: 37, keyLength: 39, keys: 45, contentType: 61, frameLength: 62 }

const reason = (result: Result.Result<unknown, HeaderParser.HeaderError>): string =>
  Result.isFailure(result) ? `${result.failure._tag}: ${result.failure.message}` : "it was accepted"

const changed = (place: number, ...values: ReadonlyArray<number>): Uint8Array => {
  const bytes = write(example)
  bytes.set(values, place)
  return bytes
}

describe("a header", () => {
  it("is read as it was written", () => {
    fc.assert(fc.property(headers, (header) => {
      assert.deepStrictEqual(Result.getOrThrow(HeaderParser.parse(write(header), 0xffff_ffff)), header)
    }))
  })

  it("is measured from its beginning, never asking for more than there is", () => {
    fc.assert(fc.property(headers, (header) => {
      const body = write(header)
      const whole = Uint8Array.of(...body, ...pattern(tagLength), ...pattern(50))
      let there = 0
      for (let steps = 0;; steps++) {
        const extent = Result.getOrThrow(HeaderParser.measure(whole.subarray(0, there)))
        if (extent.bodyLength !== undefined && extent.needed <= there) {
          assert.deepStrictEqual(extent, { bodyLength: body.length, needed: body.length + tagLength })
          assert.isAtMost(steps, 5 + 3 * header.encryptedDataKeys.length)
          return
        }
        assert.isAbove(extent.needed, there)
        assert.isAtMost(extent.needed, body.length + tagLength)
        there = extent.needed
      }
    }))
  })

  it("is refused for each thing that no writer writes, at its place", () => {
    assert.strictEqual(write(example)[at.contentType], 2)
    const cases: ReadonlyArray<readonly [Uint8Array, RegExp]> = [
      [changed(0, 3), /MalformedMessage.*version.*byte 0/],
      [changed(0, 0x41), /MalformedMessage.*Base64/],
      [changed(0, 1), /UnsupportedMessage.*version 1/],
      [changed(1, 5, 0x78), /UnsupportedMessage.*0x0578/],
      [changed(at.pairs, 0, 0), /MalformedMessage.*context.*byte 37/],
      [changed(at.pairs, 0, 2), /MalformedMessage.*context/],
      [changed(at.keyLength, 0, 200), /MalformedMessage.*context/],
      [changed(at.keyLength + 2, 0xff), /MalformedMessage.*context/],
      [changed(at.keys + 4, 0xff), /MalformedMessage.*UTF-8.*byte 47/],
      [changed(at.contentType, 1), /UnsupportedMessage.*without frames/],
      [changed(at.contentType, 9), /MalformedMessage.*content type 9/],
      [changed(at.frameLength, 0, 0, 0, 0), /MalformedMessage.*no length/]
    ]
    for (const [body, expected] of cases) assert.match(reason(HeaderParser.parse(body, 1000)), expected)
    assert.match(reason(HeaderParser.measure(changed(at.keys, 0, 0))), /MalformedMessage.*no encrypted data key/)
    assert.match(reason(HeaderParser.measure(Uint8Array.of(0x41))), /MalformedMessage.*version/)
    assert.match(reason(HeaderParser.measure(Uint8Array.of(1))), /UnsupportedMessage/)
  })
})

describe("the key commitment", () => {
  /** A message whose header claims this commitment, and is otherwise as authentic as can be. */
  const claiming = (change: number) =>
    Effect.gen(function*() {
      const { encrypted, plaintext } = yield* dataKeys.generate({})
      const keys = yield* MessageKeys.derive(committingAes256, plaintext, example.messageId, new Secrets())
      const commitment = keys.commitment.map((byte, place) => place === 31 ? byte ^ change : byte)
      const body = write({ ...example, encryptionContext: {}, encryptedDataKeys: encrypted, commitment })
      const header = yield* keys.cipher.seal(MessageKeys.headerNonce, body, MessageKeys.nothing)
      const layout = Frames.layoutFor("final", 0)
      const prefix = new Uint8Array(layout.prefixLength)
      Frames.putPrefix(new DataView(prefix.buffer), 0, 1, layout)
      const data = Frames.frameData(example.messageId)
      const frame = yield* keys.cipher.seal(data.nonce(1), data.associated("final", 1, 0), new Uint8Array(0))
      return joined([body, header, prefix, frame])
    })

  it("must be the data key's, even under a header that is authentic", async () => {
    const honest = await run(claiming(0))
    assert.deepStrictEqual((await run(Envelope.open(honest, { dataKeys }))).plaintext, new Uint8Array(0))
    const other = await run(claiming(1))
    assert.strictEqual((await errorOf(Envelope.open(other, { dataKeys })))._tag, "MessageTampered")
  })
})

describe("the limits", () => {
  const keys = (count: number, each: number): ReadonlyArray<EncryptedDataKey> =>
    Array.from({ length: count }, () => ({ providerId: "p", providerInfo: pattern(each), ciphertext: pattern(each) }))
  const withKeys = (encryptedDataKeys: ReadonlyArray<EncryptedDataKey>) =>
    Header.write({ ...example, encryptedDataKeys }, new Uint8Array(0))

  it("bound the encrypted data keys, written and read", () => {
    assert.isTrue(Result.isSuccess(withKeys(keys(maxEncryptedDataKeys, 10))))
    assert.match(reason(withKeys(keys(maxEncryptedDataKeys + 1, 10))), /LimitExceeded.*64/)
    assert.match(reason(withKeys(keys(1, 65536))), /LimitExceeded.*65535/)
    assert.match(reason(HeaderParser.measure(changed(at.keys, 0xff, 0xff))), /LimitExceeded.*64/)
  })

  it("bound the header before it is there", () => {
    assert.match(reason(withKeys(keys(5, 65535))), /LimitExceeded/)
    const claims = Uint8Array.of(...write(example).subarray(0, at.keys), 0, 64)
    let bytes = claims
    for (let field = 0; bytes.length <= maxHeaderLength; field++) {
      const more = new Uint8Array(2 + 65535).fill(0xff, 0, 2)
      const next = HeaderParser.measure(Uint8Array.from(Buffer.concat([bytes, more.subarray(0, 2)])))
      if (Result.isFailure(next)) {
        assert.match(reason(next), /LimitExceeded/)
        assert.strictEqual(field, 7)
        return
      }
      bytes = Uint8Array.from(Buffer.concat([bytes, more]))
    }
    assert.fail("The header grew beyond its limit")
  })

  it("bound the frames that are read", async () => {
    const message = await run(Envelope.seal(pattern(10), { dataKeys, frameLength: 2000 }))
    const error = await errorOf(Envelope.open(message, { dataKeys, maxFrameLength: 1999 }))
    assert.strictEqual(error._tag, "LimitExceeded")
    await run(Envelope.open(message, { dataKeys, maxFrameLength: 2000 }))
    const large = await run(Envelope.seal(pattern(10), { dataKeys, frameLength: 16 * 1024 * 1024 + 1 }))
    assert.strictEqual((await errorOf(Envelope.open(large, { dataKeys })))._tag, "LimitExceeded")
  })

  it("refuse what cannot be a message at its first byte, not at its end", async () => {
    let pulled = 0
    const endless = Stream.fromEffectRepeat(Effect.sync(() => {
      pulled++
      return Uint8Array.of(0x41)
    }))
    const opening = Stream.runDrain(endless.pipe(Envelope.openStream({ dataKeys })))
    assert.strictEqual((await errorOf(opening))._tag, "MalformedMessage")
    assert.strictEqual(pulled, 1)
  })
})

describe("the serialized encryption context", () => {
  it("is read as it was written, and refused when it is cut or has more", () => {
    fc.assert(fc.property(fc.dictionary(text, text, { minKeys: 1, maxKeys: 6 }), (context) => {
      const bytes = Result.getOrThrow(EncryptionContext.serialize(context))
      assert.deepStrictEqual(EncryptionContext.parse(bytes), { ...context })
      for (let length = 1; length < bytes.length; length++) {
        assert.isUndefined(EncryptionContext.parse(bytes.subarray(0, length)))
      }
      assert.isUndefined(EncryptionContext.parse(Uint8Array.of(...bytes, 0)))
    }))
  })

  it("is read in any order, but not with a key twice", () => {
    const pair = (key: number, value: number) => [0, 1, key, 0, 1, value]
    const read = (...pairs: ReadonlyArray<ReadonlyArray<number>>) =>
      EncryptionContext.parse(Uint8Array.of(0, pairs.length, ...pairs.flat()))
    assert.deepStrictEqual(read(pair(0x62, 0x31), pair(0x61, 0x32)), { a: "2", b: "1" })
    assert.isUndefined(read(pair(0x61, 0x31), pair(0x61, 0x31)))
  })
})

describe("a data key", () => {
  it("of a wrong length is a mistake in its source", async () => {
    const short = { ...dataKeys, generate: () => Effect.succeed({ plaintext: new Uint8Array(16), encrypted: [] }) }
    const exit = await run(Effect.exit(Envelope.seal(pattern(1), { dataKeys: short })))
    assert.isTrue(exit._tag === "Failure" && exit.cause.reasons.every((reason) => reason._tag === "Die"))
  })
})
