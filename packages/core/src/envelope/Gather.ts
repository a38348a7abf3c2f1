/**
 * The output of one step. Large pieces go out as they are; small ones (a frame's prefix, a tag) are joined with their
 * neighbours, so that whoever writes them out has few pieces to write.
 */

/** Pieces of this size and more go out as they are: copying them would cost more than it saves. */
const large = 16 * 1024

/** One byte string of several. */
export const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [first] = pieces
  if (pieces.length === 1 && first !== undefined) return first
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

/** Collects the pieces of an output in order. */
export class Gather {
  #out: Array<Uint8Array> = []
  #waiting: Array<Uint8Array> = []

  /** Adds bytes, which belong to the output from now on. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (bytes.length < large) {
      this.#waiting.push(bytes)
      return
    }
    this.#join()
    this.#out.push(bytes)
  }

  /** Everything that was added since the last call. */
  take(): ReadonlyArray<Uint8Array> {
    this.#join()
    const out = this.#out
    this.#out = []
    return out
  }

  #join(): void {
    if (this.#waiting.length === 0) return
    this.#out.push(concat(this.#waiting))
    this.#waiting = []
  }
}
