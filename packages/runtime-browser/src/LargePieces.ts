/**
 * A stream's bytes in pieces of a megabyte. A browser hands each piece that is written to a file to another process: what
 * `encryptStream` and `decryptStream` give is written half as fast piece by piece.
 *
 * ```ts
 * await file.stream().pipeThrough(encryptStream(kms, { KeyId })).pipeThrough(largePieces()).pipeTo(target)
 * ```
 */
import { concat } from "@keystead/core/Bytes"

const pieceLength = 1024 * 1024

/** Puts pieces together. It keeps what it was given until that is a megabyte: the bytes may not be changed before. */
export const largePieces = (): TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> => {
  let waiting: Array<Uint8Array> = []
  let length = 0
  const passOn = (controller: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
    if (length > 0) controller.enqueue(concat(waiting))
    waiting = []
    length = 0
  }
  return new TransformStream({
    transform: (bytes, controller) => {
      waiting.push(bytes)
      length += bytes.length
      if (length >= pieceLength) passOn(controller)
    },
    flush: passOn
  })
}
