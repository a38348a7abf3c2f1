/**
 * Memory given back at once, by whoever is done with it: who writes a stream's pieces out, for one.
 *
 * V8 frees the memory of typed arrays when it collects, and collects for them only when there are 64 MiB. Detaching a
 * buffer (ECMAScript 2024, `ArrayBuffer.prototype.transfer`) frees its memory there and then: a stream of pieces then goes
 * through the same few of the processor's caches, and nothing is left to collect.
 */

/** Smaller pieces are left to the collector: there is little to free. */
const small = 4096

/**
 * Frees the memory of these bytes, which must be nobody else's. Afterwards the array is empty. A part of a larger buffer,
 * memory that threads share and a few bytes are left as they are.
 */
export const release = (bytes: Uint8Array): void => {
  const { buffer, byteLength } = bytes
  if (byteLength < small || byteLength < buffer.byteLength || !(buffer instanceof ArrayBuffer)) return
  buffer.transfer(0)
}
