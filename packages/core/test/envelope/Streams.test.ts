import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import fc from "fast-check"
import type { Crypto } from "../../src/crypto/Crypto.ts"
import type { DataKeys } from "../../src/envelope/DataKeys.ts"
import * as Envelope from "../../src/envelope/Envelope.ts"
import * as WebTransform from "../../src/envelope/WebTransform.ts"
import { cutAt, dataKeys, errorOf, joined, pattern, run, sealPieces } from "./Support.ts"

const zeros = new Uint8Array(32)

/** Data keys that remember every clear key which they gave away. */
const remembering = (): DataKeys<unknown, Crypto> & { readonly given: Array<Uint8Array> } => {
  const given: Array<Uint8Array> = []
  return {
    given,
    generate: (context) =>
      Effect.tap(dataKeys.generate(context), ({ plaintext }) => Effect.sync(() => given.push(plaintext))),
    decrypt: (encrypted, context) =>
      Effect.tap(dataKeys.decrypt(encrypted, context), (key) => Effect.sync(() => given.push(key)))
  }
}

const chunks = Stream.rechunk(Stream.fromIterable(cutAt(pattern(5000), [1000, 2000, 3000, 4000])), 1)

describe("the data key in clear", () => {
  const ways: ReadonlyArray<
    readonly [string, (keys: DataKeys<unknown, Crypto>) => Effect.Effect<unknown, unknown, Crypto>]
  > = [
    ["a message is sealed", (keys) => Envelope.seal(pattern(100), { dataKeys: keys })],
    ["a stream is sealed", (keys) => Stream.runDrain(chunks.pipe(Envelope.sealStream({ dataKeys: keys })))],
    [
      "a stream of plaintext fails",
      (keys) =>
        Stream.runDrain(Stream.concat(chunks, Stream.fail("broken")).pipe(Envelope.sealStream({ dataKeys: keys })))
    ],
    [
      "a stream is left early",
      (keys) => Stream.runDrain(chunks.pipe(Envelope.sealStream({ dataKeys: keys, frameLength: 10 }), Stream.take(2)))
    ],
    ["a stream is interrupted", (keys) =>
      Effect.gen(function*() {
        const halting = Stream.concat(chunks, Stream.never).pipe(
          Envelope.sealStream({ dataKeys: keys, frameLength: 10 })
        )
        const fiber = yield* Effect.forkChild(Stream.runDrain(halting))
        yield* Effect.yieldNow
        yield* Effect.sleep(5)
        yield* Fiber.interrupt(fiber)
      })],
    [
      "a message is opened",
      (keys) =>
        Effect.flatMap(
          Envelope.seal(pattern(100), { dataKeys }),
          (message) => Envelope.open(message, { dataKeys: keys })
        )
    ],
    ["a message turns out to be cut", (keys) =>
      Effect.flatMap(
        Envelope.seal(pattern(100), { dataKeys }),
        (message) => Envelope.open(message.subarray(0, -1), { dataKeys: keys })
      )],
    [
      "a message turns out to be changed",
      (keys) =>
        Effect.flatMap(Envelope.seal(pattern(100), { dataKeys }), (message) => {
          message[message.length - 1] = (message.at(-1) ?? 0) ^ 1
          return Envelope.open(message, { dataKeys: keys })
        })
    ]
  ]
  it.each(ways)("is overwritten when %s", async (_, way) => {
    const keys = remembering()
    await run(Effect.exit(way(keys)))
    assert.deepStrictEqual(keys.given, [zeros])
  })

  it("is there while the stream runs", async () => {
    const keys = remembering()
    const seen: Array<boolean> = []
    const onProgress = () => seen.push(keys.given.some((key) => key.some((byte) => byte !== 0)))
    await run(Stream.runDrain(chunks.pipe(Envelope.sealStream({ dataKeys: keys, frameLength: 900, onProgress }))))
    assert.isAbove(seen.length, 3)
    assert.isTrue(seen.every(Boolean))
  })
})

describe("a stream", () => {
  it("holds no more than a frame and a piece, however much there is", async () => {
    const piece = new Uint8Array(64 * 1024)
    const frameLength = 100_000
    let [input, sealed, opened] = [0, 0, 0]
    let most = 0
    const source = Stream.rechunk(Stream.fromIterable(Array.from({ length: 160 }, () => piece)), 1).pipe(
      Stream.tap(() =>
        Effect.sync(() => {
          input += piece.length
        })
      )
    )
    const watch = (count: (length: number) => void) => (bytes: Uint8Array) =>
      Effect.sync(() => {
        count(bytes.length)
        most = Math.max(most, input - opened)
      })
    const cheap = { dataKeys, frameLength }
    await run(Stream.runDrain(source.pipe(
      Envelope.sealStream(cheap),
      Stream.tap(watch((length) => sealed += length)),
      Envelope.openStream(cheap),
      Stream.tap(watch((length) => opened += length))
    )))
    assert.strictEqual(opened, 160 * piece.length)
    assert.isAbove(sealed, opened)
    assert.isAtMost(most, 2 * frameLength + 3 * piece.length)
  })

  it("gives a large piece out in steps", async () => {
    const length = 5 * 1024 * 1024
    const sizes: Array<number> = []
    const stepwise = Stream.make(new Uint8Array(length)).pipe(
      Envelope.sealStream({ dataKeys }),
      Stream.chunks,
      Stream.tap((pieces) => Effect.sync(() => sizes.push(joined(pieces).length)))
    )
    await run(Stream.runDrain(stepwise))
    assert.isAtMost(Math.max(...sizes), 1024 * 1024 + 64 * 1024)
    assert.isAbove(sizes.reduce((sum, size) => sum + size, 0), length)
  })

  it("releases the frames before a changed one, and nothing of it or after it", async () => {
    const frameLength = 25
    const message = await run(Envelope.seal(pattern(110), { dataKeys, frameLength }))
    const finalFrame = 4 + 4 + 12 + 4 + 10 + 16
    const body = message.length - finalFrame - 4 * (4 + 12 + frameLength + 16)
    await fc.assert(fc.asyncProperty(fc.integer({ min: body, max: message.length - 1 }), async (place) => {
      const changed = message.slice()
      changed[place] = (changed[place] ?? 0) ^ 0x10
      const out: Array<Uint8Array> = []
      const pieces = Array.from(changed, (byte) => Uint8Array.of(byte))
      const opening = Stream.rechunk(Stream.fromIterable(pieces), 1).pipe(
        Envelope.openStream({ dataKeys }),
        Stream.runForEach((bytes) => Effect.sync(() => out.push(bytes)))
      )
      await errorOf(opening)
      const good = Math.min(4, Math.floor((place - body) / (4 + 12 + frameLength + 16)))
      assert.deepStrictEqual(joined(out), pattern(good * frameLength))
    }))
  })

  it("passes on the failure of its input", async () => {
    const failing = Stream.concat(chunks, Stream.fail("broken" as const))
    assert.strictEqual(await errorOf(Stream.runDrain(failing.pipe(Envelope.sealStream({ dataKeys })))), "broken")
    assert.strictEqual(
      await errorOf(Stream.runDrain(Stream.fail("broken").pipe(Envelope.openStream({ dataKeys })))),
      "broken"
    )
  })
})

describe("a web TransformStream", () => {
  const through = async (
    pieces: ReadonlyArray<Uint8Array>,
    ...transformers: ReadonlyArray<WebTransform.ByteTransformer>
  ) => {
    let readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        pieces.forEach((piece) => controller.enqueue(piece))
        controller.close()
      }
    })
    for (const transformer of transformers) {
      readable = readable.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(transformer))
    }
    const out: Array<Uint8Array> = []
    for await (const bytes of readable) out.push(bytes)
    return joined(out)
  }

  it("seals and opens like the stream", async () => {
    const pieces = cutAt(pattern(7000), [10, 900, 4000])
    const options = { dataKeys, frameLength: 500 }
    const message = await through(pieces, WebTransform.sealTransformer(options, run))
    assert.deepStrictEqual((await run(Envelope.open(message, { dataKeys }))).plaintext, pattern(7000))
    const back = await through(
      [await run(sealPieces(pieces, options))],
      WebTransform.openTransformer({ dataKeys }, run),
      WebTransform.sealTransformer(options, run),
      WebTransform.openTransformer({ dataKeys }, run)
    )
    assert.deepStrictEqual(back, pattern(7000))
  })

  const rejection = (promise: Promise<unknown>): Promise<{ readonly _tag?: string }> =>
    promise.then(() => ({ _tag: "success" }), (error) => error)

  it("fails with the typed error, and overwrites the data key then", async () => {
    const message = await run(Envelope.seal(pattern(100), { dataKeys }))
    const [cut, changed] = [message.subarray(0, -1), message.with(message.length - 1, (message.at(-1) ?? 0) ^ 1)]
    for (const [bytes, tag] of [[cut, "TruncatedMessage"], [changed, "MessageTampered"]] as const) {
      const keys = remembering()
      const failed = await rejection(through([bytes], WebTransform.openTransformer({ dataKeys: keys }, run)))
      assert.strictEqual(failed._tag, tag)
      assert.deepStrictEqual(keys.given, [zeros])
    }
  })

  it("overwrites the data key at its end, and when it is given up", async () => {
    const keys = remembering()
    await through([pattern(100)], WebTransform.sealTransformer({ dataKeys: keys }, run))
    assert.deepStrictEqual(keys.given.splice(0), [zeros])
    const stream = new TransformStream<Uint8Array, Uint8Array>(
      WebTransform.sealTransformer({ dataKeys: keys, frameLength: 10 }, run)
    )
    const writer = stream.writable.getWriter()
    void writer.write(pattern(100)).catch(() => {})
    const reader = stream.readable.getReader()
    await reader.read()
    assert.notDeepEqual(keys.given, [zeros])
    await reader.cancel()
    assert.deepStrictEqual(keys.given, [zeros])
  })
})
