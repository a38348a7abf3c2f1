/**
 * Envelope encryption for programs without Effect: what a web `TransformStream` is made of that encrypts or decrypts data
 * of any size, with data keys of an open Keystead. Each runtime makes its host's stream of it.
 */
import * as Effect from "effect/Effect"
import type { Crypto } from "../crypto/Crypto.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import * as KmsDataKeys from "../envelope/KmsDataKeys.ts"
import { type ByteTransformer, openTransformer, type Run, sealTransformer } from "../envelope/WebTransform.ts"
import type { symmetric } from "../groups/Symmetric.ts"
import type { Methods } from "./OpenKms.ts"

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

/** The operations that stand behind the streams. */
export type SealMethods = Pick<Methods<typeof symmetric.operations>, "generateDataKey" | "decrypt">

const call = <A>(promise: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: promise, catch: (error) => error })

/**
 * From plaintext to a message of the AWS Encryption SDK's format, as the caller of `kms`. A runtime says how many bytes of
 * plaintext a frame has, if its host is faster with others than the core's own.
 */
export const encryptTransformer = (
  kms: SealMethods,
  { EncryptionContext, KeyId, onProgress }: EncryptStreamOptions,
  run: Run<Crypto>,
  frameLength?: number
): ByteTransformer =>
  sealTransformer({
    dataKeys: KmsDataKeys.under({ generateDataKey: (input) => call(() => kms.generateDataKey(input)) }, KeyId),
    encryptionContext: EncryptionContext,
    frameLength,
    onProgress
  }, run)

/**
 * From such a message to its plaintext, as the caller of `kms`. Each byte is authentic when it comes out, but only the end
 * of the stream says that it is all of the message: keep what came out apart until then.
 */
export const decryptTransformer = (
  kms: SealMethods,
  { EncryptionContext, onEncryptionContext, onProgress }: DecryptStreamOptions,
  run: Run<Crypto>
): ByteTransformer =>
  openTransformer({
    dataKeys: KmsDataKeys.any({ decrypt: (input) => call(() => kms.decrypt(input)) }),
    encryptionContext: EncryptionContext,
    onHeader: (header) => onEncryptionContext?.(header.encryptionContext),
    onProgress
  }, run)
