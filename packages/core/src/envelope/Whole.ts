/** Messages that are in memory as a whole: the same bytes as the streams', without what only streams need. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import { LimitExceeded, MalformedMessage, TruncatedMessage } from "./Errors.ts"
import * as Frames from "./Frames.ts"
import { gathered } from "./Gather.ts"
import * as HeaderParser from "./HeaderParser.ts"
import { tagLength } from "./Limits.ts"
import { openHeader, type OpenOptions, tampered } from "./OpenHeader.ts"
import { type SealOptions, start } from "./SealHeader.ts"
import { Secrets } from "./Secrets.ts"

/** A message's content. */
export interface Opened {
  readonly plaintext: Uint8Array
  /** All pairs that the message was encrypted with. */
  readonly encryptionContext: EncryptionContext
}

/** The message of a plaintext. */
export const seal = Effect.fnUntraced(
  function*<E, R>(plaintext: Uint8Array, options: SealOptions<E, R>, secrets: Secrets) {
    const { cipher, frameLength, header, messageId } = yield* start(options, secrets)
    const regularFrames = Math.max(0, Math.ceil(plaintext.length / frameLength) - 1)
    if (regularFrames > Frames.maxRegularFrames) return yield* tooManyFrames()
    const headerLength = header.reduce((sum, piece) => sum + piece.length, 0)
    const regularLength = Frames.regularPrefixLength + frameLength + tagLength
    const lastLength = plaintext.length - regularFrames * frameLength
    const finalLength = Frames.finalPrefixLength + lastLength + tagLength
    const message = new Uint8Array(headerLength + regularFrames * regularLength + finalLength)
    const view = new DataView(message.buffer)
    const data = Frames.frameData(messageId)
    let at = 0
    const put = (piece: Uint8Array): void => {
      message.set(piece, at)
      at += piece.length
    }
    header.forEach(put)
    for (let sequence = 1; sequence <= regularFrames + 1; sequence++) {
      const layout = sequence <= regularFrames
        ? Frames.layoutFor("regular", frameLength)
        : Frames.layoutFor("final", lastLength)
      Frames.putPrefix(view, at, sequence, layout)
      const from = (sequence - 1) * frameLength
      const piece = plaintext.subarray(from, from + layout.length)
      const aad = data.associated(layout.kind, sequence, layout.length)
      const frame = yield* cipher.sealDetached(data.nonce(sequence), aad, piece)
      at += layout.prefixLength
      put(frame.ciphertext)
      put(frame.tag)
    }
    return message
  }
)

/** That the plaintext has more frames than can be numbered. */
export const tooManyFrames = (): LimitExceeded =>
  new LimitExceeded({
    what: "frames of one message; seal with a larger frameLength",
    limit: Frames.maxRegularFrames + 1
  })

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
    const data = Frames.frameData(header.messageId)
    const pieces: Array<Uint8Array> = []
    let at = needed
    for (let sequence = 1, ended = false; !ended; sequence++) {
      const layout = Frames.layoutOf(message.subarray(at, at + Frames.finalPrefixLength), sequence, header.frameLength)
      if (typeof layout === "string") return yield* new MalformedMessage({ problem: layout, offset: at })
      const end = layout === undefined ? Infinity : at + layout.prefixLength + layout.length + tagLength
      if (layout === undefined || end > message.length) return yield* truncated()
      const sealed = message.subarray(at + layout.prefixLength, end)
      const nonce = Frames.nonceOf(message.subarray(at), layout)
      const aad = data.associated(layout.kind, sequence, layout.length)
      pieces.push(yield* Effect.mapError(cipher.open(nonce, aad, sealed), tampered))
      at = end
      ended = layout.kind === "final"
    }
    if (at < message.length) return yield* new MalformedMessage({ problem: Frames.trailing, offset: at })
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
