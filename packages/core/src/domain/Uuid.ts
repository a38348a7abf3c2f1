/** UUIDs of version 4 (RFC 9562 section 5.4), out of the random bytes of the Crypto service. */
import * as Hex from "effect/encoding/Hex"

/** Bytes that a UUID takes. */
export const uuidLength = 16

/** The UUID of sixteen random bytes. */
export const uuid = (random: Uint8Array): string => {
  const bytes = random.slice()
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = Hex.encode(bytes)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
