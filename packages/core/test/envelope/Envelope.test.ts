import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import fc from "fast-check"
import * as Envelope from "../../src/envelope/Envelope.ts"
import { rawAes } from "./RawAes.ts"
import { aKey, cutAt, dataKeys, errorOf, openPieces, pattern, run, runAlike, sealPieces } from "./Support.ts"

const encryptionContext = { purpose: "test", tenant: "42" }
const sealed = (length: number, frameLength: number) =>
  run(Envelope.seal(pattern(length), { dataKeys, encryptionContext, frameLength }))

/** Every way to open a message must refuse it alike. */
const refused = async (message: Uint8Array): Promise<string> => {
  const whole = await errorOf(Envelope.open(message, { dataKeys }))
  const streamed = await errorOf(openPieces(cutAt(message, [3, 70, 150]), { dataKeys }))
  assert.strictEqual(streamed._tag, whole._tag)
  return whole._tag
}

describe("a message", () => {
  it("gives back what was sealed, however plaintext and message are cut", async () => {
    const places = fc.array(fc.nat(), { maxLength: 12 })
    const lengths = fc.integer({ min: 0, max: 3000 })
    const frames = fc.integer({ min: 1, max: 700 })
    await fc.assert(
      fc.asyncProperty(lengths, frames, places, places, async (length, frameLength, cuts, otherCuts) => {
        const plaintext = pattern(length)
        const options = { dataKeys, encryptionContext, frameLength }
        const message = await run(sealPieces(cutAt(plaintext, cuts), options))
        assert.deepStrictEqual((await run(Envelope.open(message, { dataKeys }))).plaintext, plaintext)
        assert.deepStrictEqual(await run(openPieces(cutAt(message, otherCuts), { dataKeys })), plaintext)
      })
    )
  })

  it("has the same bytes whether it is sealed whole or in pieces of any size", async () => {
    for (const length of [0, 1, 49, 50, 51, 99, 100, 101, 5000]) {
      const options = { dataKeys, encryptionContext, frameLength: 50 }
      const plaintext = pattern(length)
      const whole = await runAlike(Envelope.seal(plaintext, options))
      const bytewise = await runAlike(sealPieces(Array.from(plaintext, (byte) => Uint8Array.of(byte)), options))
      assert.deepStrictEqual(bytewise, whole)
    }
  })

  it("puts the last of the plaintext into the final frame, even when that is a whole frame", async () => {
    const frame = 4 + 12 + 50 + 16
    const short = (await sealed(49, 50)).length
    assert.strictEqual((await sealed(50, 50)).length, short + 1)
    assert.strictEqual((await sealed(51, 50)).length, short - 49 + 1 + frame)
    assert.strictEqual((await sealed(100, 50)).length, short + 1 + frame)
  })

  it("opens one byte at a time", async () => {
    const message = await sealed(120, 50)
    const bytewise = Array.from(message, (byte) => Uint8Array.of(byte))
    assert.deepStrictEqual(await run(openPieces(bytewise, { dataKeys })), pattern(120))
  })

  it("is refused with any one bit changed", async () => {
    const message = await sealed(60, 25)
    for (let bit = 0; bit < message.length * 8; bit++) {
      const changed = message.slice()
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const error = await errorOf(Envelope.open(changed, { dataKeys }))
      assert.notStrictEqual(error._tag, "ContextMismatch", `bit ${bit}`)
    }
  })

  it("is refused when it is cut anywhere, at the border of a frame too", async () => {
    const message = await sealed(60, 25)
    for (let length = 0; length < message.length; length++) {
      assert.strictEqual(await refused(message.subarray(0, length)), "TruncatedMessage", `cut to ${length} bytes`)
    }
  })

  it("is refused when anything follows it", async () => {
    const message = await sealed(60, 25)
    assert.strictEqual(await refused(Uint8Array.of(...message, 0)), "MalformedMessage")
    assert.strictEqual(await refused(Uint8Array.of(...message, ...message)), "MalformedMessage")
    const pieces = [message, Uint8Array.of(0)]
    assert.strictEqual((await errorOf(openPieces(pieces, { dataKeys })))._tag, "MalformedMessage")
  })

  it("is refused when frames are left out, doubled, swapped or taken from another message", async () => {
    const frame = 4 + 12 + 25 + 16
    const [message, other] = [await sealed(110, 25), await sealed(110, 25)]
    const body = message.length - 4 * frame - (4 + 4 + 12 + 4 + 10 + 16)
    const at = (number: number) => message.subarray(body + number * frame, body + (number + 1) * frame)
    const with1 = (...frames: ReadonlyArray<Uint8Array>) =>
      Uint8Array.from(Buffer.concat([message.subarray(0, body), ...frames, message.subarray(body + 4 * frame)]))
    assert.deepStrictEqual(with1(at(0), at(1), at(2), at(3)), message)
    assert.strictEqual(await refused(with1(at(0), at(1), at(3))), "MalformedMessage")
    assert.strictEqual(await refused(with1(at(0), at(1), at(1), at(2), at(3))), "MalformedMessage")
    assert.strictEqual(await refused(with1(at(0), at(2), at(1), at(3))), "MalformedMessage")
    const foreign = other.subarray(body + frame, body + 2 * frame)
    assert.strictEqual(await refused(with1(at(0), foreign, at(2), at(3))), "MessageTampered")
    const renumbered = at(2).slice()
    renumbered[3] = 2
    assert.strictEqual(await refused(with1(at(0), renumbered, at(2), at(3))), "MessageTampered")
  })

  it("is refused with the data key of another message, by the commitment", async () => {
    const message = await sealed(10, 25)
    const other = { ...dataKeys, decrypt: () => Effect.succeed(new Uint8Array(32).fill(9)) }
    const error = await errorOf(Envelope.open(message, { dataKeys: other }))
    assert.strictEqual(error._tag, "MessageTampered")
  })

  it("is refused with a data key of another length", async () => {
    const message = await sealed(10, 25)
    const other = { ...dataKeys, decrypt: () => Effect.succeed(new Uint8Array(16)) }
    assert.strictEqual((await errorOf(Envelope.open(message, { dataKeys: other })))._tag, "MessageTampered")
  })

  it("hands on what the source of its data keys says", async () => {
    const message = await sealed(10, 25)
    assert.strictEqual((await errorOf(Envelope.open(message, { dataKeys: rawAes([aKey(2)]) })))._tag, "NoDataKey")
  })
})

describe("the encryption context", () => {
  it("must be in the message as far as it is given", async () => {
    const message = await sealed(10, 25)
    const open = (given: Record<string, string>) => Envelope.open(message, { dataKeys, encryptionContext: given })
    for (const given of [{}, { tenant: "42" }, { purpose: "test" }, encryptionContext]) {
      assert.deepStrictEqual((await run(open(given))).encryptionContext, encryptionContext)
    }
    for (const given of [{ tenant: "43" }, { tenant: "42", other: "x" }, { toString: "x" }]) {
      assert.strictEqual((await errorOf(open(given)))._tag, "ContextMismatch")
    }
  })

  it("may not have reserved keys, broken text, or more than 8 KiB", async () => {
    const message = await sealed(10, 25)
    const broken = [{ "aws-crypto-public-key": "x" }, { key: "\ud800" }, { "\udc00x": "" }, { key: "x".repeat(8200) }]
    for (const given of broken) {
      const options = { dataKeys, encryptionContext: given }
      assert.strictEqual((await errorOf(Envelope.seal(pattern(1), options)))._tag, "InvalidContext")
      assert.strictEqual((await errorOf(Envelope.open(message, options)))._tag, "InvalidContext")
    }
  })

  it("may have the keys of every object's prototype", async () => {
    const given = Object.fromEntries([["__proto__", "x"], ["constructor", "y"]])
    const message = await run(Envelope.seal(pattern(1), { dataKeys, encryptionContext: given }))
    const opened = await run(Envelope.open(message, { dataKeys, encryptionContext: given }))
    assert.deepStrictEqual(Object.entries(opened.encryptionContext), [["__proto__", "x"], ["constructor", "y"]])
  })
})

describe("a stream", () => {
  it("tells the header before the plaintext, and how far it is", async () => {
    const heard: Array<unknown> = []
    const onProgress = (bytes: number) => heard.push(bytes)
    const plaintext = [pattern(60), pattern(60)]
    const message = await run(sealPieces(plaintext, { dataKeys, encryptionContext, frameLength: 25, onProgress }))
    assert.deepStrictEqual(heard.splice(0), [50, 100, 120])
    const onHeader = (header: { readonly encryptionContext: unknown; readonly frameLength: number }) =>
      heard.push(header.encryptionContext, header.frameLength)
    await run(openPieces([message], { dataKeys, onHeader, onProgress }))
    assert.deepStrictEqual(heard, [encryptionContext, 25, 120])
  })

  it("says nothing of a header that is not authentic", async () => {
    const message = await sealed(10, 25)
    const at = Buffer.from(message).indexOf("tenant")
    message[at] = 0x54
    const heard: Array<unknown> = []
    const lenient = { ...dataKeys, decrypt: () => Effect.succeed(new Uint8Array(32)) }
    await errorOf(openPieces([message], { dataKeys: lenient, onHeader: (header) => heard.push(header) }))
    assert.deepStrictEqual(heard, [])
  })

  it("takes a frame length that is none as a mistake in the program", async () => {
    for (const frameLength of [0, -1, 1.5, 2 ** 32, Number.NaN]) {
      const exit = await run(Effect.exit(Envelope.seal(pattern(1), { dataKeys, frameLength })))
      assert.isTrue(exit._tag === "Failure" && exit.cause.reasons.every((reason) => reason._tag === "Die"))
    }
  })
})
