/**
 * What signatures are checked with, over Node's one-shot hash: to make a Hash or Hmac object costs more than to hash the
 * few blocks of a request. HMAC (RFC 2104) is two hashes.
 */
import type { Hashes } from "@keystead/http/auth/Hashes"
import { setPads } from "@keystead/runtime-node/HmacPads"
import { hash } from "node:crypto"

const blockLength = 64
const digestLength = 32

const sha256 = (data: Uint8Array): Buffer => hash("sha256", data, "buffer")

const hmacSha256 = (given: Uint8Array, data: Uint8Array): Uint8Array => {
  const inner = new Uint8Array(blockLength + data.length)
  const outer = new Uint8Array(blockLength + digestLength)
  setPads(given.length > blockLength ? sha256(given) : given, blockLength, inner, outer)
  inner.set(data, blockLength)
  outer.set(sha256(inner), blockLength)
  const code = sha256(outer)
  inner.fill(0, 0, blockLength)
  outer.fill(0)
  return code
}

export const nodeHashes: Hashes = { sha256, sha256Hex: (data) => hash("sha256", data, "hex"), hmacSha256 }
