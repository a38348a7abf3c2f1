/** The data of the envelope suite. */
import { randomBytes } from "node:crypto"

/** As much as a program reads of a file at once. */
export const pieceLength = 256 * 1024

/** What the large measurements go through. */
export const totalLength = 256 * 1024 * 1024

const piece = new Uint8Array(randomBytes(pieceLength))

/** 256 MiB, all of them in the same memory. */
export const pieces: ReadonlyArray<Uint8Array> = Array.from({ length: totalLength / pieceLength }, () => piece)

/** The plaintext of the small measurements: 1 KiB. */
export const small = new Uint8Array(1024).fill(5)

/** Bytes in pieces of the length of a piece. */
export const cut = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from(
    { length: Math.ceil(bytes.length / pieceLength) },
    (_, index) => bytes.subarray(index * pieceLength, (index + 1) * pieceLength)
  )
