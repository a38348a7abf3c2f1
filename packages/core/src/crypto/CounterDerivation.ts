/**
 * The KDF in counter mode (NIST SP 800-108r1 section 4.1) over a prepared HMAC-SHA-256 state.
 *
 * It is on the path of every Encrypt and Decrypt. Both pads of the key are absorbed once, each block copies that state
 * into one scratch instance, and nothing is allocated beyond the output: about four times as fast as starting an HMAC
 * a block, and as fast as `node:crypto` does it.
 */
import { hmac } from "@noble/hashes/hmac.js"
import { sha256 } from "@noble/hashes/sha2.js"
import * as Effect from "effect/Effect"
import type { Derivation } from "./Crypto.ts"
import { maxDerivedLength, needDerivationKey, needLength } from "./Preconditions.ts"

const blockLength = 32

/** Prepares the derivation. The key may be overwritten afterwards. Throws a RangeError for a key under 32 bytes. */
export const make = (key: Uint8Array): Derivation => {
  needDerivationKey(key)
  const prepared = hmac.create(sha256, key)
  const scratch = prepared.clone()
  const counter = new Uint8Array(4)
  const counterView = new DataView(counter.buffer)
  const lastBlock = new Uint8Array(blockLength)

  const block = (index: number, fixedInput: Uint8Array, output: Uint8Array): void => {
    counterView.setUint32(0, index)
    prepared._cloneInto(scratch)
    scratch.update(counter).update(fixedInput).digestInto(output)
  }

  const derive = (fixedInput: Uint8Array, length: number): Uint8Array => {
    needLength(length, maxDerivedLength)
    const output = new Uint8Array(length)
    const whole = Math.floor(length / blockLength)
    for (let i = 0; i < whole; i++) block(i + 1, fixedInput, output.subarray(i * blockLength, (i + 1) * blockLength))
    const rest = length - whole * blockLength
    if (rest > 0) {
      block(whole + 1, fixedInput, lastBlock)
      output.set(lastBlock.subarray(0, rest), whole * blockLength)
      lastBlock.fill(0)
    }
    return output
  }

  return {
    derive: (fixedInput, length) => Effect.sync(() => derive(fixedInput, length)),
    wipe: () => {
      prepared.destroy()
      scratch.destroy()
    }
  }
}
