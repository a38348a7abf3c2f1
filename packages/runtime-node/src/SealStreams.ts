/**
 * Envelope encryption for programs without Effect: web streams that encrypt and decrypt data of any size, with data keys
 * of an open Keystead. They go between Node's own streams too: `pipeline(file, encryptStream(kms, …), target)`. Whoever
 * is done with a piece that came out can give its memory back at once, with `release`: that is faster, and takes less.
 */
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { EncryptionContext } from "@keystead/core/domain/EncryptionContext"
import * as KmsDataKeys from "@keystead/core/envelope/KmsDataKeys"
import { openTransformer, type Run, sealTransformer } from "@keystead/core/envelope/WebTransform"
import * as Effect from "effect/Effect"
import { TransformStream } from "node:stream/web"
import * as NodeCrypto from "./NodeCrypto.ts"
import type { OpenKms } from "./OpenKms.ts"

/** What both directions can be told. */
interface Options {
  /** Pairs that are bound to the data, in the AWS SDK's spelling. */
  readonly EncryptionContext?: EncryptionContext
  /** Hears how many bytes of plaintext are done so far. */
  readonly onProgress?: (bytes: number) => void
}

/** How to encrypt. */
export interface EncryptStreamOptions extends Options {
  /** The KMS key that encrypts the data key: id, ARN, or alias. */
  readonly KeyId: string
}

/** How to decrypt. */
export interface DecryptStreamOptions extends Options {
  /** Hears the pairs that the message was encrypted with, all of them, once they are known to be authentic. */
  readonly onEncryptionContext?: (context: EncryptionContext) => void
}

/** The primitives of `node:crypto`; a stream fails with the error itself. */
const run: Run<Crypto> = (effect) => Effect.runPromise(Effect.provide(effect, NodeCrypto.layer))

const call = <A>(promise: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: promise, catch: (error) => error })

/** A stream from plaintext to a message of the AWS Encryption SDK's format, as the caller of `kms`. */
export const encryptStream = (
  kms: OpenKms,
  { EncryptionContext, KeyId, onProgress }: EncryptStreamOptions
): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream(
    sealTransformer({
      dataKeys: KmsDataKeys.under({ generateDataKey: (input) => call(() => kms.generateDataKey(input)) }, KeyId),
      encryptionContext: EncryptionContext,
      onProgress
    }, run)
  )

/**
 * A stream from such a message to its plaintext, as the caller of `kms`. Each byte is authentic when it comes out, but
 * only the end of the stream says that it is all of the message: keep what came out apart until then.
 */
export const decryptStream = (
  kms: OpenKms,
  { EncryptionContext, onEncryptionContext, onProgress }: DecryptStreamOptions = {}
): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream(
    openTransformer({
      dataKeys: KmsDataKeys.any({ decrypt: (input) => call(() => kms.decrypt(input)) }),
      encryptionContext: EncryptionContext,
      onHeader: (header) => onEncryptionContext?.(header.encryptionContext),
      onProgress
    }, run)
  )
