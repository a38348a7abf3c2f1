/**
 * Envelope encryption in a browser: web streams that encrypt and decrypt data of any size, with data keys of an open Keystead.
 * They hold a frame or so at a time, and leave the thread for each: a page that seals a large file stays alive.
 *
 * ```ts
 * const target = await (await showSaveFilePicker()).createWritable()
 * await file.stream().pipeThrough(encryptStream(kms, { KeyId: "alias/files" })).pipeTo(target)
 * ```
 */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { ByteTransformer, Run } from "@keystead/core/envelope/WebTransform"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import * as WebCrypto from "@keystead/webcrypto/WebCrypto"
import * as Effect from "effect/Effect"
import { unshared } from "./Unshared.ts"

/** What goes into the streams, and what comes out: memory that nobody shares, as a file's stream takes it. */
export type ByteStream = TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>

/** The browser's primitives; a stream fails with the error itself. */
const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, WebCrypto.layer))

const streamOf = ({ flush, transform, ...rest }: ByteTransformer): ByteStream => {
  const into = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>) => ({
    enqueue: (bytes: Uint8Array) => controller.enqueue(unshared(bytes))
  })
  return new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    ...rest,
    transform: (bytes, controller) => transform(bytes, into(controller)),
    flush: (controller) => flush(into(controller))
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
