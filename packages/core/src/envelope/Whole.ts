/** Messages that are in memory as a whole: the same bytes as the streams', without what only streams need. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Sealed, ToOpen, ToSeal } from "../crypto/Crypto.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import { LimitExceeded, MalformedMessage, TruncatedMessage } from "./Errors.ts"
import * as Frames from "./Frames.ts"
import { gathered } from "./Gather.ts"
import type { Header } from "./Header.ts"
import * as HeaderParser from "./HeaderParser.ts"
import { tagLength } from "./Limits.ts"
import { stepLength } from "./Machine.ts"
import { openHeader, type OpenOptions, tampered } from "./OpenHeader.ts"
import { type SealOptions, start } from "./SealHeader.ts"
import { Secrets } from "./Secrets.ts"

/** A message's content. */
export interface Opened {
  readonly plaintext: Uint8Array
  /** All pairs that the message was encrypted with. */
  readonly encryptionContext: EncryptionContext
}

/** Bytes of a whole frame. */
const lengthOf = ({ length, prefixLength }: Frames.Layout): number => prefixLength + length + tagLength

/** The message of a plaintext. */
export const seal = Effect.fnUntraced(
  function*<E, R>(plaintext: Uint8Array, options: SealOptions<E, R>, secrets: Secrets) {
    const { cipher, frameLength, header, messageId } = yield* start(options, secrets)
    const regularFrames = Math.max(0, Math.ceil(plaintext.length / frameLength) - 1)
    if (regularFrames > Frames.maxRegularFrames) return yield* tooManyFrames()
    const headerLength = header.reduce((sum, piece) => sum + piece.length, 0)
    const regular = Frames.layoutFor("regular", frameLength)
    const final = Frames.layoutFor("final", plaintext.length - regularFrames * frameLength)
    const bodyLength = regularFrames * lengthOf(regular) + lengthOf(final)
    const message = new Uint8Array(headerLength + bodyLength)
    const view = new DataView(message.buffer)
    const data = Frames.frameData(messageId)
    let at = 0
    const put = (piece: Uint8Array): void => {
      message.set(piece, at)
      at += piece.length
    }
    const putFrame = (sequence: number, layout: Frames.Layout, { ciphertext, tag }: Sealed): void => {
      Frames.putPrefix(view, at, sequence, layout)
      at += layout.prefixLength
      put(ciphertext)
      put(tag)
    }
    const part = (sequence: number, { kind, length }: Frames.Layout): ToSeal => {
      const from = (sequence - 1) * frameLength
      const aad = data.associated(kind, sequence, length)
      return { nonce: data.nonce(sequence), aad, plaintext: plaintext.subarray(from, from + length) }
    }
    const parts = function*(from: number, to: number): Generator<ToSeal> {
      for (let sequence = from; sequence < to; sequence++) yield part(sequence, regular)
    }
    header.forEach(put)
    const perStep = Math.ceil(stepLength / frameLength)
    for (let first = 1; first <= regularFrames; first += perStep) {
      const frames = yield* cipher.sealEach(parts(first, Math.min(first + perStep, regularFrames + 1)))
      frames.forEach((frame, index) => putFrame(first + index, regular, frame))
    }
    const last = part(regularFrames + 1, final)
    putFrame(regularFrames + 1, final, yield* cipher.sealDetached(last.nonce, last.aad, last.plaintext))
    return message
  }
)

/** That the plaintext has more frames than can be numbered. */
export const tooManyFrames = (): LimitExceeded =>
  new LimitExceeded({
    what: "frames of one message; seal with a larger frameLength",
    limit: Frames.maxRegularFrames + 1
  })

/** A message as it is read, frame after frame. */
class Reading {
  readonly message: Uint8Array
  readonly frameLength: number
  readonly data: Frames.FrameData
  /** Where the next frame begins. */
  at: number
  sequence = 1

  constructor(message: Uint8Array, at: number, { frameLength, messageId }: Header) {
    this.message = message
    this.at = at
    this.frameLength = frameLength
    this.data = Frames.frameData(messageId)
  }

  /** The next frame's layout if all of it is there, or what is wrong with it. */
  next(): Frames.Layout | string | undefined {
    const { at, frameLength, message, sequence } = this
    const layout = Frames.layoutOf(message.subarray(at, at + Frames.finalPrefixLength), sequence, frameLength)
    if (layout === undefined || typeof layout === "string") return layout
    return at + lengthOf(layout) > message.length ? undefined : layout
  }

  take(layout: Frames.Layout): ToOpen {
    const frame = this.message.subarray(this.at, this.at + lengthOf(layout))
    const aad = this.data.associated(layout.kind, this.sequence, layout.length)
    this.at += frame.length
    this.sequence++
    return { nonce: Frames.nonceOf(frame, layout), aad, sealed: frame.subarray(layout.prefixLength) }
  }

  /** The regular frames of one step, as they are asked for. */
  *regularFrames(): Generator<ToOpen> {
    for (let length = 0; length < stepLength; length += this.frameLength) {
      const layout = this.next()
      if (!Frames.isRegular(layout)) return
      yield this.take(layout)
    }
  }
}

/** The plaintext of a message: all of it, or none. */
export const open = Effect.fnUntraced(
  function*<E, R>(message: Uint8Array, options: OpenOptions<E, R>, secrets: Secrets) {
    const truncated = () => new TruncatedMessage({ received: message.length })
    const extent = HeaderParser.measure(message)
    if (Result.isFailure(extent)) return yield* extent.failure
    const { bodyLength, needed } = extent.success
    if (bodyLength === undefined || message.length < needed) return yield* truncated()
    const tag = message.subarray(bodyLength, needed)
    const { cipher, header } = yield* openHeader(options, message.subarray(0, bodyLength), tag, secrets)
    const reading = new Reading(message, needed, header)
    const pieces: Array<Uint8Array> = []
    while (Frames.isRegular(reading.next())) {
      pieces.push(...yield* Effect.mapError(cipher.openEach(reading.regularFrames()), tampered))
    }
    const last = reading.next()
    if (typeof last === "string") return yield* new MalformedMessage({ problem: last, offset: reading.at })
    if (last === undefined) return yield* truncated()
    const { aad, nonce, sealed } = reading.take(last)
    pieces.push(yield* Effect.mapError(cipher.open(nonce, aad, sealed), tampered))
    if (reading.at < message.length) {
      return yield* new MalformedMessage({ problem: Frames.trailing, offset: reading.at })
    }
    const opened: Opened = { plaintext: gathered(pieces), encryptionContext: header.encryptionContext }
    return opened
  }
)

/** Overwrites the secrets of some work when it is over. */
export const wiping = <A, E, R>(work: (secrets: Secrets) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const secrets = new Secrets()
    return Effect.ensuring(work(secrets), Effect.sync(() => secrets.wipe()))
  })
