/** UUIDs of version 4 (RFC 9562 section 5.4), out of the random bytes of the Crypto service. */
import * as Utf8 from "../Utf8.ts"

/** Bytes that a UUID takes. */
export const uuidLength = 16

const digits = Utf8.encode("0123456789abcdef")
const [dash = 0] = Utf8.encode("-")

/** The byte, with version and variant put in. */
const field = (byte: number, index: number): number =>
  index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte

/** Where the characters of a UUID are put together. */
const codes: Array<number> = Array.from({ length: 36 }, () => dash)

/** The UUID of sixteen random bytes. Every call makes one for its audit event: as one text, not out of many. */
export const uuid = (random: Uint8Array): string => {
  let at = 0
  for (let index = 0; index < uuidLength; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) at++
    const byte = field(random[index] ?? 0, index)
    codes[at++] = digits[byte >>> 4] ?? 0
    codes[at++] = digits[byte & 0x0f] ?? 0
  }
  return String.fromCharCode(...codes)
}
