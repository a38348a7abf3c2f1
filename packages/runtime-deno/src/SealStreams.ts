/**
 * Envelope encryption in Deno: web streams that encrypt and decrypt data of any size, with data keys of an open Keystead.
 *
 * ```ts
 * const [from, to] = [await Deno.open("report.pdf"), await Deno.create("report.sealed")]
 * await from.readable.pipeThrough(encryptStream(kms, { KeyId: "alias/files" })).pipeTo(to.writable)
 * ```
 */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { Run } from "@keystead/core/envelope/WebTransform"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import * as Effect from "effect/Effect"
import * as DenoCrypto from "./DenoCrypto.ts"

/** Deno's primitives; a stream fails with the error itself. */
const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, DenoCrypto.layer))

/** A stream from plaintext to a message of the AWS Encryption SDK's format, as the caller of `kms`. */
export const encryptStream = (
  kms: SealStreams.SealMethods,
  options: SealStreams.EncryptStreamOptions
): TransformStream<Uint8Array, Uint8Array> => new TransformStream(SealStreams.encryptTransformer(kms, options, run))

/**
 * A stream from such a message to its plaintext, as the caller of `kms`. Each byte is authentic when it comes out, but
 * only the end of the stream says that it is all of the message: keep what came out apart until then.
 */
export const decryptStream = (
  kms: SealStreams.SealMethods,
  options: SealStreams.DecryptStreamOptions = {}
): TransformStream<Uint8Array, Uint8Array> => new TransformStream(SealStreams.decryptTransformer(kms, options, run))
