/** 64 MiB of frames by `crypto.subtle` alone, and sealed by Keystead, in whatever runtime this is. */
import { Crypto } from "@keystead/core/crypto/Crypto"
import type { NewDataKeys } from "@keystead/core/envelope/DataKeys"
import * as Envelope from "@keystead/core/envelope/Envelope"
import { frameData } from "@keystead/core/envelope/Frames"
import { defaultFrameLength } from "@keystead/core/envelope/Limits"
import { sealTransformer } from "@keystead/core/envelope/WebTransform"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/** As much as a program reads of a file at once. */
const pieceLength = 256 * 1024

/** What each goes through. */
export const totalLength = 64 * 1024 * 1024

/** How many frames are in flight where several are: as many as a piece has, as in Keystead's stream. */
const together = pieceLength / defaultFrameLength

const piece = new Uint8Array(pieceLength).fill(7)
const frames = totalLength / defaultFrameLength

type Encrypt = (sequence: number) => Promise<ArrayBuffer>

/** Encrypts a frame under a fresh key, with the nonces and the additional data of a message. */
const encryption = async (): Promise<Encrypt> => {
  const name = "AES-GCM"
  const key = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(3), name, false, ["encrypt"])
  const data = frameData(new Uint8Array(32))
  return (sequence) => {
    const at = (sequence * defaultFrameLength) % pieceLength
    const iv = new Uint8Array(data.nonce(sequence))
    const additionalData = new Uint8Array(data.associated("regular", sequence, defaultFrameLength))
    return crypto.subtle.encrypt({ name, iv, additionalData }, key, piece.subarray(at, at + defaultFrameLength))
  }
}

/** `crypto.subtle` and nothing else, frame after frame. */
export const bare = async (): Promise<void> => {
  const encrypt = await encryption()
  for (let sequence = 0; sequence < frames; sequence++) await encrypt(sequence)
}

/** The same with several frames in flight. */
export const bareTogether = async (): Promise<void> => {
  const encrypt = await encryption()
  for (let first = 0; first < frames; first += together) {
    await Promise.all(Array.from({ length: together }, (_, more) => encrypt(first + more)))
  }
}

/** A data key in the clear: what wraps it is not measured here. */
const dataKeys: NewDataKeys<never, Crypto> = {
  generate: () =>
    Effect.map(Crypto.use((crypto) => crypto.randomBytes(32)), (plaintext) => ({
      plaintext,
      encrypted: [{ providerId: "bench", providerInfo: new Uint8Array(1), ciphertext: new Uint8Array(100) }]
    }))
}

const pieces = function*(): Generator<Uint8Array> {
  for (let given = 0; given < totalLength; given += pieceLength) yield piece
}

/** Runs effects over the runtime's own primitives. */
const runner = async (crypto: Layer.Layer<Crypto>) =>
  Effect.runPromiseWith(await Effect.runPromise(Effect.provide(Effect.context<Crypto>(), crypto)))

/** Keystead over the same, as a stream of Effect; the message is forgotten. */
export const seal = (crypto: Layer.Layer<Crypto>) => async (): Promise<void> => {
  const run = await runner(crypto)
  await run(Stream.runDrain(Stream.fromIterable(pieces(), { chunkSize: 1 }).pipe(Envelope.sealStream({ dataKeys }))))
}

/** The same as a `TransformStream` between web streams. */
export const sealWeb = (crypto: Layer.Layer<Crypto>) => async (): Promise<void> => {
  const transformer = sealTransformer({ dataKeys }, await runner(crypto))
  const source = pieces()
  const input = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const { done, value } = source.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    }
  })
  const message = input.pipeThrough(new TransformStream<Uint8Array, Uint8Array>(transformer)).getReader()
  while (!(await message.read()).done);
}
