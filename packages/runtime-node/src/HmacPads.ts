/** The padded keys of HMAC, for whoever makes its two hashes by Node's one-shot hash. */

/**
 * Writes a key into the first block of each of the two texts that HMAC hashes (RFC 2104, section 2).
 *
 * @param key - at most a block: one that is longer is hashed first
 * @param blockLength - bytes of the hash's block
 */
export const setPads = (key: Uint8Array, blockLength: number, inner: Uint8Array, outer: Uint8Array): void => {
  inner.fill(0x36, 0, blockLength)
  outer.fill(0x5c, 0, blockLength)
  let at = 0
  for (const byte of key) {
    inner[at] = byte ^ 0x36
    outer[at++] = byte ^ 0x5c
  }
}
