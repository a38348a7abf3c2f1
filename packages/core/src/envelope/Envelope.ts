/**
 * Envelope encryption: data of any size encrypted under a data key of its own, in the message format of the AWS
 * Encryption SDK, version 2, algorithm suite 0x0478. What is sealed here, AWS's SDKs open, and the other way round.
 * docs/formats-envelope.md describes each byte.
 */
import type * as Effect from "effect/Effect"
import type { Crypto } from "../crypto/Crypto.ts"
import type { OpenError, SealError } from "./Errors.ts"
import type { Header } from "./Header.ts"
import type { Making } from "./Machine.ts"
import * as Opener from "./Opener.ts"
import type { OpenOptions } from "./OpenHeader.ts"
import * as Sealer from "./Sealer.ts"
import type { SealOptions } from "./SealHeader.ts"
import { type ByteTransform, transform } from "./Transform.ts"
import * as Whole from "./Whole.ts"

/** What a stream of plaintext is sealed with. */
export interface SealStreamOptions<E = never, R = never> extends SealOptions<E, R> {
  /** Hears how many bytes of plaintext have been sealed so far. */
  readonly onProgress?: ((sealed: number) => void) | undefined
}

/** What a stream of a message is opened with. */
export interface OpenStreamOptions<E = never, R = never> extends OpenOptions<E, R> {
  /** Hears how many bytes of plaintext have been opened so far. */
  readonly onProgress?: ((opened: number) => void) | undefined
  /** Hears what the header says, its encryption context among it, once that is known to be authentic. */
  readonly onHeader?: ((header: Header) => void) | undefined
}

const ignore = () => {}

/** The machine that seals: for drivers such as `Transform` and `WebTransform`. */
export const sealing = <E, R>(options: SealStreamOptions<E, R>): Making<SealError | E, R | Crypto> =>
  Sealer.make(options, options.onProgress ?? ignore)

/** The machine that opens. */
export const opening = <E, R>(options: OpenStreamOptions<E, R>): Making<OpenError | E, R | Crypto> =>
  Opener.make(options, { onProgress: options.onProgress ?? ignore, onHeader: options.onHeader ?? ignore })

/** The message of a plaintext that is in memory. */
export const seal = <E, R>(
  plaintext: Uint8Array,
  options: SealOptions<E, R>
): Effect.Effect<Uint8Array, SealError | E, R | Crypto> =>
  Whole.wiping((secrets) => Whole.seal(plaintext, options, secrets))

/** The plaintext of a message that is in memory: all of it, or none. */
export const open = <E, R>(
  message: Uint8Array,
  options: OpenOptions<E, R>
): Effect.Effect<Whole.Opened, OpenError | E, R | Crypto> =>
  Whole.wiping((secrets) => Whole.open(message, options, secrets))

/** The message of a plaintext that comes as a stream, of any size, in bounded memory. */
export const sealStream = <E, R>(
  options: SealStreamOptions<E, R>
): ByteTransform<SealError | E, R | Crypto> => transform(sealing(options))

/**
 * The plaintext of a message that comes as a stream, of any size, in bounded memory. Each byte is authentic when it comes
 * out, but only the stream's success says that it is all of the message: keep what came out apart until then.
 */
export const openStream = <E, R>(
  options: OpenStreamOptions<E, R>
): ByteTransform<OpenError | E, R | Crypto> => transform(opening(options))
