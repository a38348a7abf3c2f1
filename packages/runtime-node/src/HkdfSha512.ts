/**
 * HKDF with SHA-512 (RFC 5869) over Node's one-shot hash.
 *
 * `hkdfSync` sets up a job for each output, and an Hmac object costs more than hashing the few blocks it is given. HMAC
 * (RFC 2104) is two hashes; done so, the two keys of a message take a third of the time.
 */
import { maxInfoLength } from "@keystead/core/crypto/Preconditions"
import { hash } from "node:crypto"
import { setPads } from "./HmacPads.ts"

const blockLength = 128
const digestLength = 64

const sha512 = (bytes: Uint8Array): Buffer => hash("sha512", bytes, "buffer")

// What each of HMAC's two hashes is over, its padded key first. Everything here is synchronous, so all calls share them.
const inner = new Uint8Array(blockLength + digestLength + maxInfoLength + 1)
const outer = new Uint8Array(blockLength + digestLength)

/** Sets the key of the codes that follow. */
const setKey = (key: Uint8Array): void =>
  setPads(key.length > blockLength ? sha512(key) : key, blockLength, inner, outer)

/** The code of an inner text: the first block of `inner`, and the message. */
const code = (text: Uint8Array): Buffer => {
  const digest = sha512(text)
  outer.set(digest, blockLength)
  digest.fill(0)
  return sha512(outer)
}

/** The code of a message of any length. */
const codeOf = (message: Uint8Array): Buffer => {
  const end = blockLength + message.length
  if (end <= inner.length) {
    inner.set(message, blockLength)
    return code(inner.subarray(0, end))
  }
  const text = new Uint8Array(end)
  text.set(inner.subarray(0, blockLength))
  text.set(message, blockLength)
  const result = code(text)
  text.fill(0)
  return result
}

/** Expands under the key that is set. */
const expand = (info: Uint8Array, length: number): Uint8Array => {
  const output = new Uint8Array(length)
  let previous: Uint8Array = new Uint8Array(0)
  for (let at = 0, block = 1; at < length; at += digestLength, block++) {
    const infoAt = blockLength + previous.length
    inner.set(previous, blockLength)
    inner.set(info, infoAt)
    inner[infoAt + info.length] = block
    previous.fill(0)
    previous = code(inner.subarray(0, infoAt + info.length + 1))
    output.set(previous.subarray(0, length - at), at)
  }
  previous.fill(0)
  return output
}

/** An output of `length` bytes (1 to 16,320) for each info (at most 1,024 bytes). */
export const hkdfSha512 = (
  key: Uint8Array,
  salt: Uint8Array,
  infos: ReadonlyArray<Uint8Array>,
  length: number
): ReadonlyArray<Uint8Array> => {
  setKey(salt)
  const pseudorandomKey = codeOf(key)
  setKey(pseudorandomKey)
  pseudorandomKey.fill(0)
  const outputs = infos.map((info) => expand(info, length))
  inner.fill(0)
  outer.fill(0)
  return outputs
}
