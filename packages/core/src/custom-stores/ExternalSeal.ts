/**
 * What stands in a ciphertext blob of version 2 in place of ciphertext and tag: what the external key made of them.
 * docs/formats.md describes each byte.
 *
 * ```
 * length of IV (1) | IV (12 or 16) | length of metadata (1) | metadata (0 to 20) | ciphertext | tag (16)
 * ```
 */
import { concat } from "../Bytes.ts"
import { tagLength } from "../crypto/CiphertextBlob.ts"
import type { Wrapped } from "./KeyStoreProvider.ts"

/** The most bytes of metadata that a proxy may give. Source: AWS KMS external key store proxy API, "Encrypt". */
export const longestMetadata = 20

/** Whether the lengths are those that the API gives to the parts: for a plaintext of so many bytes. */
export const isWrapped = ({ ciphertext, iv, metadata, tag }: Wrapped, length: number): boolean =>
  ciphertext.length === length && (iv.length === 12 || iv.length === 16) && metadata.length <= longestMetadata
  && tag.length === tagLength

/** A header, and the parts after it. */
export const join = (header: Uint8Array, { ciphertext, iv, metadata, tag }: Wrapped): Uint8Array =>
  concat([header, Uint8Array.of(iv.length), iv, Uint8Array.of(metadata.length), metadata, ciphertext, tag])

/** The parts, or nothing if they are none. The arrays are views of what is given. */
export const split = (sealed: Uint8Array): Wrapped | undefined => {
  const metadataStart = 2 + (sealed[0] ?? 0)
  const start = metadataStart + (sealed[metadataStart - 1] ?? 0)
  const end = sealed.length - tagLength
  const wrapped: Wrapped = {
    iv: sealed.subarray(1, metadataStart - 1),
    metadata: sealed.subarray(metadataStart, start),
    ciphertext: sealed.subarray(start, end),
    tag: sealed.subarray(end)
  }
  // What was encrypted is a ciphertext of a byte or more, and a tag.
  return end - start > tagLength && isWrapped(wrapped, end - start) ? wrapped : undefined
}
