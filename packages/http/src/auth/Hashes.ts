/** What signatures are checked with. A host may give faster ones than noble's. */
import * as Utf8 from "@keystead/core/Utf8"
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import { bytesToHex } from "@noble/hashes/utils.js"

/** Functions that answer at once. */
export interface Hashes {
  /** SHA-256 (FIPS 180-4). */
  readonly sha256: (data: Uint8Array) => Uint8Array
  /** The same in hexadecimal digits, of bytes or of a text's UTF-8. */
  readonly sha256Hex: (data: Uint8Array | string) => string
  /** HMAC-SHA-256 (RFC 2104). */
  readonly hmacSha256: (key: Uint8Array, data: Uint8Array) => Uint8Array
}

/** By noble, in pure JavaScript. */
export const nobleHashes: Hashes = {
  sha256,
  sha256Hex: (data) => bytesToHex(sha256(typeof data === "string" ? Utf8.encode(data) : data)),
  hmacSha256: (key, data) => hmac(sha256, key, data)
}
