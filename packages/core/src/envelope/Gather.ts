/**
 * The output of one step. Large pieces go out as they are; small ones (a frame's prefix, a tag) are copied side by side
 * into blocks of which parts go out, so that whoever writes them out has few pieces to write.
 */
import { concat } from "../Bytes.ts"

/** Pieces of this size and more go out as they are: copying them would cost more than it saves. */
const large = 16 * 1024

/** Most bytes of small pieces that go out as one. */
const blockLength = 4 * large

/** One byte string of several: the only one as it is, or a new one. */
export const gathered = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const [first] = pieces
  return pieces.length === 1 && first !== undefined ? first : concat(pieces)
}

/** Collects the pieces of an output in order. No two pieces that come out share memory. */
export class Gather {
  #out: Array<Uint8Array> = []
  /** Where small pieces wait. They are copied out of it, and it is used again. */
  #block = new Uint8Array(large / 16)
  #view = new DataView(this.#block.buffer)
  #waiting = 0

  /** Adds bytes, which belong to the output from now on. */
  add(bytes: Uint8Array): void {
    if (bytes.length < large) {
      this.#makeRoom(bytes.length)
      this.#block.set(bytes, this.#waiting)
      this.#waiting += bytes.length
    } else {
      this.#cut()
      this.#out.push(bytes)
    }
  }

  /** Adds so many bytes, few of them, all of which are then to be written to `view` from this place on. */
  grow(length: number): number {
    this.#makeRoom(length)
    this.#waiting += length
    return this.#waiting - length
  }

  /** Where what `grow` added is written. */
  get view(): DataView {
    return this.#view
  }

  /** Everything that was added since the last call. */
  take(): ReadonlyArray<Uint8Array> {
    this.#cut()
    const out = this.#out
    this.#out = []
    return out
  }

  #makeRoom(length: number): void {
    if (this.#waiting + length <= this.#block.length) return
    this.#cut()
    if (this.#block.length === blockLength) return
    this.#block = new Uint8Array(blockLength)
    this.#view = new DataView(this.#block.buffer)
  }

  #cut(): void {
    if (this.#waiting === 0) return
    this.#out.push(this.#block.slice(0, this.#waiting))
    this.#waiting = 0
  }
}
