/**
 * Envelope encryption for programs without Effect: web streams that encrypt and decrypt data of any size, with data keys
 * of an open Keystead. They go between Node's own streams too: `pipeline(file, encryptStream(kms, …), target)`. Whoever
 * is done with a piece that came out can give its memory back at once, with `release`: that is faster, and takes less.
 */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { Run } from "@keystead/core/envelope/WebTransform"
import * as SealStreams from "@keystead/core/facade/SealStreams"
import * as Effect from "effect/Effect"
import { TransformStream } from "node:stream/web"
import * as NodeCrypto from "./NodeCrypto.ts"

/** The primitives of `node:crypto`; a stream fails with the error itself. */
const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, NodeCrypto.layer))

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
