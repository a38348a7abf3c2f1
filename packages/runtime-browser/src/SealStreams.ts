/**
 * Envelope encryption in a browser: web streams that encrypt and decrypt data of any size, with data keys of an open Keystead.
 * They hold about a megabyte of it at a time, and give the page its turns: it stays alive while a large file is sealed.
 *
 * ```ts
 * const target = await (await showSaveFilePicker()).createWritable()
 * await file.stream().pipeThrough(encryptStream(kms, { KeyId: "alias/files" })).pipeThrough(largePieces()).pipeTo(target)
 * ```
 */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { ByteTransformer, Run } from "@keystead/core/envelope/WebTransform"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { givingWay } from "./Turns.ts"
import { unshared } from "./Unshared.ts"

/** What goes into the streams, and what comes out: memory that nobody shares, as a file's stream takes it. */
export type ByteStream = TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>

let runtime: ManagedRuntime.ManagedRuntime<Crypto, WebCrypto.NoSubtleCrypto> | undefined

/** The browser's primitives, made once; a stream fails with the error itself. */
const run: Run<Crypto> = (effect) => (runtime ??= ManagedRuntime.make(WebCrypto.layer)).runPromise(effect)

/**
 * Bytes of plaintext in a frame, and bytes between two looks at the clock: a millisecond's work on a laptop, ten on a slow
 * telephone. A browser spends as much on handing a piece from stream to stream as on encrypting ten kilobytes, so that
 * shorter frames take longer; of a megabyte, whose memory is new each time, they take twice as long.
 */
const frameLength = 512 * 1024

/** Frames that may wait to be taken: asking for each one apart takes longer. */
const waitingFrames = { highWaterMark: 4 }

const streamOf = ({ flush, transform, ...rest }: ByteTransformer): ByteStream => {
  const giveWay = givingWay()
  const into = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>) => ({
    enqueue: (bytes: Uint8Array) => controller.enqueue(unshared(bytes))
  })
  const transformer: Transformer<Uint8Array, Uint8Array<ArrayBuffer>> = {
    ...rest,
    transform: async (bytes, controller) => {
      for (let at = 0; at < bytes.length; at += frameLength) {
        await transform(bytes.subarray(at, at + frameLength), into(controller))
        await giveWay()
      }
    },
    flush: (controller) => flush(into(controller))
  }
  return new TransformStream(transformer, undefined, waitingFrames)
}

/** A stream from plaintext to a message of the AWS Encryption SDK's format, as the caller of `kms`. */
export const encryptStream = (kms: SealStreams.SealMethods, options: SealStreams.EncryptStreamOptions): ByteStream =>
  streamOf(SealStreams.encryptTransformer(kms, options, run, frameLength))

/**
 * A stream from such a message to its plaintext, as the caller of `kms`. Each byte is authentic when it comes out, but
 * only the end of the stream says that it is all of the message: keep what came out apart until then.
 */
export const decryptStream = (
  kms: SealStreams.SealMethods,
  options: SealStreams.DecryptStreamOptions = {}
): ByteStream => streamOf(SealStreams.decryptTransformer(kms, options, run))
