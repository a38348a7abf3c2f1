/**
 * The frames of a message's body. Source: AWS Encryption SDK specification, data-format/message-body.md and
 * message-body-aad.md:
 *
 * ```
 * regular  sequence number (4) | nonce (12) | ciphertext (frame length) | tag (16)
 * final    FF FF FF FF | sequence number (4) | nonce (12) | length (4) | ciphertext (length) | tag (16)
 * ```
 *
 * The additional data of each is `message id (32) | kind of frame, in words | sequence number (4) | length (8)`.
 */
import * as Utf8 from "../Utf8.ts"
import { maxFormatFrameLength, nonceLength } from "./Limits.ts"

/** Bytes before the ciphertext of a regular frame. */
export const regularPrefixLength = 4 + nonceLength

/** Bytes before the ciphertext of the final frame. */
export const finalPrefixLength = 4 + 4 + nonceLength + 4

/** What the final frame has where others have their sequence number. */
export const finalMark = 0xffff_ffff

/** Most frames of a message, so that no sequence number is the final frame's mark. */
export const maxRegularFrames = maxFormatFrameLength - 1

const regularKind = Utf8.encode("AWSKMSEncryptionClient Frame")
const finalKind = Utf8.encode("AWSKMSEncryptionClient Final Frame")

/** Makes the additional data of one frame after the other, in the same memory. */
type Associated = (sequence: number, length: number) => Uint8Array

const putUint32 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

const associated = (messageId: Uint8Array, kind: Uint8Array): Associated => {
  const bytes = new Uint8Array(messageId.length + kind.length + 12)
  const at = messageId.length + kind.length
  bytes.set(messageId)
  bytes.set(kind, messageId.length)
  return (sequence, length) => {
    putUint32(bytes, at, sequence)
    // The length has 64 bits, but no frame is longer than 32 bits can say.
    putUint32(bytes, at + 8, length)
    return bytes
  }
}

/** What goes with the frames of one message. Each call of one of these reuses the memory of the one before. */
export interface FrameData {
  /** The additional data of a frame of this kind. */
  readonly associated: (kind: Kind, sequence: number, length: number) => Uint8Array
  /** The nonce of a frame that is made: its number, as all AWS Encryption SDKs have it. */
  readonly nonce: (sequence: number) => Uint8Array
}

/** What goes with the frames of the message with this id. */
export const frameData = (messageId: Uint8Array): FrameData => {
  let regular: Associated | undefined
  let final: Associated | undefined
  let nonce: Uint8Array | undefined
  return {
    // Each is made when it is needed: small messages have no regular frame, of a large one the final frame may never
    // come, and who opens a message finds the nonces in it.
    associated: (kind, sequence, length) =>
      kind === "regular"
        ? (regular ??= associated(messageId, regularKind))(sequence, length)
        : (final ??= associated(messageId, finalKind))(sequence, length),
    nonce: (sequence) => {
      nonce ??= new Uint8Array(nonceLength)
      putUint32(nonce, nonceLength - 4, sequence)
      return nonce
    }
  }
}

/** What is wrong with a message that goes on after its end. */
export const trailing = "something follows its final frame"

/** Which of the two a frame is. */
export type Kind = "regular" | "final"

/** Where a frame's parts are. */
export interface Layout {
  readonly kind: Kind
  readonly prefixLength: number
  /** Bytes of its ciphertext. */
  readonly length: number
}

/** The layout of a frame with so many bytes of plaintext. */
export const layoutFor = (kind: Kind, length: number): Layout => ({
  kind,
  prefixLength: kind === "regular" ? regularPrefixLength : finalPrefixLength,
  length
})

/** Whether this is the layout of a regular frame. */
export const isRegular = (layout: Layout | string | undefined): layout is Layout =>
  typeof layout === "object" && layout.kind === "regular"

/** Writes what comes before a frame's ciphertext. */
export const putPrefix = (view: DataView, at: number, sequence: number, { kind, length }: Layout): void => {
  let next = at
  if (kind === "final") {
    view.setUint32(next, finalMark)
    next += 4
  }
  view.setUint32(next, sequence)
  view.setUint32(next + 4, 0)
  view.setUint32(next + 8, 0)
  view.setUint32(next + 12, sequence)
  if (kind === "final") view.setUint32(next + 16, length)
}

/** The nonce that a frame has. */
export const nonceOf = (frame: Uint8Array, { kind }: Layout): Uint8Array =>
  kind === "regular" ? frame.subarray(4, regularPrefixLength) : frame.subarray(8, finalPrefixLength - 4)

/**
 * The layout of the frame that starts like this, undefined if more of it is needed to tell, or what is wrong: it is not
 * the frame of this number, or it is longer than the frames of this message.
 */
export const layoutOf = (start: Uint8Array, sequence: number, frameLength: number): Layout | string | undefined => {
  if (start.length < 8) return undefined
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const isFinal = view.getUint32(0) === finalMark
  const given = view.getUint32(isFinal ? 4 : 0)
  if (given !== sequence) return `frame ${given} is where frame ${sequence} belongs`
  if (!isFinal) return layoutFor("regular", frameLength)
  if (start.length < finalPrefixLength) return undefined
  const length = view.getUint32(finalPrefixLength - 4)
  if (length > frameLength) return `the final frame has ${length} bytes, more than a frame of this message may have`
  return layoutFor("final", length)
}
