/**
 * Bytes that come in pieces of one size and leave in pieces of another. What can be handed on as it came is not copied;
 * small pieces are put together at once, so that a stream of single bytes costs no more memory than its bytes.
 */

/** Pieces under this size are copied, if they have to wait. Handling a piece costs about as much as copying so many. */
const small = 2048
const blockLength = 16 * 1024

/** Node's Buffer takes several times as long to give out parts of itself as what it is made of. */
const plain = (bytes: Uint8Array): Uint8Array =>
  bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A first-in, first-out queue of bytes. */
export class ByteQueue {
  #pieces: Array<Uint8Array> = []
  #length = 0
  /** How much of the first piece has left. */
  #head = 0
  /** Where copies of small pieces go. While it is defined, the last piece of the queue is what has been copied to it. */
  #block: Uint8Array | undefined
  /** Where `take` puts together what came in several pieces. */
  #scratch = new Uint8Array(0)

  /** How many bytes are in the queue. */
  get length(): number {
    return this.#length
  }

  /** Puts bytes in. They may not be changed until they have left. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#length += bytes.length
    if (bytes.length < small && this.#pieces.length > 0) {
      this.#copy(bytes)
    } else {
      this.#block = undefined
      this.#pieces.push(plain(bytes))
    }
  }

  #copy(bytes: Uint8Array): void {
    const last = this.#pieces.at(-1)
    if (this.#block !== undefined && last !== undefined) {
      const used = last.length
      if (used + bytes.length <= blockLength) {
        this.#block.set(bytes, used)
        this.#pieces[this.#pieces.length - 1] = this.#block.subarray(0, used + bytes.length)
        return
      }
    }
    this.#block = new Uint8Array(blockLength)
    this.#block.set(bytes)
    this.#pieces.push(this.#block.subarray(0, bytes.length))
  }

  /** The first bytes, which stay; fewer than asked for if the queue has fewer. Valid until the next call. */
  peek(length: number): Uint8Array {
    const end = this.#head + Math.min(length, this.#length)
    const first = this.#pieces[0]
    if (first !== undefined && first.length >= end) return first.subarray(this.#head, end)
    return this.#gather(end - this.#head)
  }

  /**
   * Takes the first bytes out. The queue must have as many. Valid until the next call: bytes that came in several pieces
   * are copied to one place, which stays in the processor's cache, and that is faster than to work on each apart.
   */
  take(length: number): Uint8Array {
    const taken = this.peek(length)
    this.#length -= length
    this.#head += length
    let gone = 0
    for (const piece of this.#pieces) {
      if (piece.length > this.#head) break
      this.#head -= piece.length
      gone++
    }
    if (gone > 0) this.#pieces.splice(0, gone)
    if (this.#pieces.length === 0) this.#block = undefined
    return taken
  }

  #gather(length: number): Uint8Array {
    if (this.#scratch.length < length) {
      this.#scratch.fill(0)
      this.#scratch = new Uint8Array(length)
    }
    let from = this.#head
    let at = 0
    for (const piece of this.#pieces) {
      if (at === length) break
      const part = piece.subarray(from, from + length - at)
      this.#scratch.set(part, at)
      at += part.length
      from = 0
    }
    return this.#scratch.subarray(0, length)
  }

  /** Forgets the bytes, and overwrites the copies that were made of them. */
  clear(): void {
    this.#scratch.fill(0)
    this.#block?.fill(0)
    this.#block = undefined
    this.#pieces = []
    this.#length = 0
    this.#head = 0
  }
}
