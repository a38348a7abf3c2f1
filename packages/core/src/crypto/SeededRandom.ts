/**
 * A random source that gives the same bytes for the same seed: for tests, traces and runs that must repeat.
 *
 * **NEVER FOR REAL KEYS.** Whoever knows or guesses the seed knows every key, nonce and salt that was made with it.
 */
import { chacha20 } from "@noble/ciphers/chacha.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Utf8 from "../Utf8.ts"
import type { RandomSource } from "./Noble.ts"

const nonce = new Uint8Array(12)
const zeros = new Uint8Array(1024)
const blocksPerRefill = zeros.length / 64

/**
 * The ChaCha20 keystream (RFC 8439) under SHA-256 of the seed's UTF-8 bytes, handed out in order: how the calls cut
 * it makes no difference to the bytes. It lasts for 256 GiB. Insecure by design, see above.
 */
export const insecureSeeded = (seed: string): RandomSource => {
  const key = sha256(Utf8.encode(seed))
  let block = 0
  let keystream = new Uint8Array(0)
  return (length) => {
    const output = new Uint8Array(length)
    for (let filled = 0; filled < length;) {
      if (keystream.length === 0) {
        keystream = chacha20(key, nonce, zeros, undefined, block)
        block += blocksPerRefill
      }
      const taken = keystream.subarray(0, length - filled)
      output.set(taken, filled)
      keystream = keystream.subarray(taken.length)
      filled += taken.length
    }
    return output
  }
}
