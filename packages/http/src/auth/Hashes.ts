/** What signatures are checked with. A host may give faster ones than noble's. */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"

/** Two functions, at once. */
export interface Hashes {
  /** SHA-256 (FIPS 180-4). */
  readonly sha256: (data: Uint8Array) => Uint8Array
  /** HMAC-SHA-256 (RFC 2104). */
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array
}

/** By noble, in pure JavaScript. */
export const nobleHashes: Hashes = { sha256, hmacSha256: (key, data) => hmac(sha256, key, data) }
