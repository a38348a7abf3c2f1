/**
 * Envelope encryption in a browser: web streams that encrypt and decrypt data of any size, with data keys of an open Keystead.
 * They hold a few hundred kilobytes of it at a time, and give the page its turns: it stays alive while a large file is sealed.
 *
 * ```ts
 * const target = await (await showSaveFilePicker()).createWritable()
 * await file.stream().pipeThrough(encryptStream(kms, { KeyId: "alias/files" })).pipeTo(target)
 * ```
 */
import { concat } from "@keystead/core/Bytes"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { ByteTransformer, Run } from "@keystead/core/envelope/WebTransform"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import { nextTurn } from "./Turns.ts"

/** What goes into the streams, and what comes out: memory that nobody shares, as a file's stream takes it. */
export type ByteStream = TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>

/** The browser's primitives; a stream fails with the error itself. */
const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, WebCrypto.layer))

/** Bytes between two turns of the page: a millisecond's work on a laptop, ten on a slow telephone. */
const turnLength = 256 * 1024

const streamOf = ({ flush, transform, ...rest }: ByteTransformer): ByteStream => {
  let sinceTurn = 0
  let waiting: Array<Uint8Array> = []
  const into = { enqueue: (bytes: Uint8Array) => void waiting.push(bytes) }
  // A file is written several times as fast in large pieces.
  const passOn = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    if (waiting.length > 0) controller.enqueue(concat(waiting))
    waiting = []
  }
  return new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    ...rest,
    transform: async (bytes, controller) => {
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, at + turnLength - sinceTurn)
        await transform(piece, into)
        at += piece.length
        sinceTurn += piece.length
        if (sinceTurn < turnLength) continue
        sinceTurn = 0
        passOn(controller)
        await nextTurn()
      }
    },
    flush: async (controller) => {
      await flush(into)
      passOn(controller)
    }
  })
}

/** A stream from plaintext to a message of the AWS Encryption SDK's format, as the caller of `kms`. */
export const encryptStream = (kms: SealStreams.SealMethods, options: SealStreams.EncryptStreamOptions): ByteStream =>
  streamOf(SealStreams.encryptTransformer(kms, options, run))

/**
 * A stream from such a message to its plaintext, as the caller of `kms`. Each byte is authentic when it comes out, but
 * only the end of the stream says that it is all of the message: keep what came out apart until then.
 */
export const decryptStream = (
  kms: SealStreams.SealMethods,
  options: SealStreams.DecryptStreamOptions = {}
): ByteStream => streamOf(SealStreams.decryptTransformer(kms, options, run))
