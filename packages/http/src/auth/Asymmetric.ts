/**
 * Signatures of version 4A, by key pairs on P-256 that are derived from a secret access key. This is loaded when the first
 * of them comes: few clients send any.
 *
 * Source: the derivation that AWS's SDKs publish (aws-c-auth, `key_derivation.c`): NIST SP 800-108r1 in counter mode with
 * HMAC-SHA-256, and FIPS 186-5, A.2.2, for a scalar out of candidates.
 */
import * as Utf8 from "@keystead/core/Utf8"
import { p256 } from "@noble/curves/nist.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import type { Hashes } from "./Hashes.ts"

const { n: order } = p256.Point.CURVE()

/** The public key of the pair that belongs to an access key: a point of P-256, in its uncompressed form. */
export const asymmetricKey = (accessKeyId: string, secretAccessKey: string, { hmacSha256 }: Hashes): Uint8Array => {
  const input = Utf8.encode(`AWS4A${secretAccessKey}`)
  for (let counter = 1; counter < 255; counter++) {
    const fixed = Utf8.encode(`AWS4-ECDSA-P256-SHA256\0${accessKeyId}${String.fromCharCode(counter)}`)
    const block = new Uint8Array(4 + fixed.length + 4)
    block[3] = 1
    block.set(fixed, 4)
    // The length of the derived key, in bits: 256.
    block[block.length - 2] = 1
    const candidate = BigInt(`0x${bytesToHex(hmacSha256(input, block))}`)
    if (candidate <= order - 2n) {
      const scalar = (candidate + 1n).toString(16).padStart(64, "0")
      return p256.getPublicKey(hexToBytes(scalar), false)
    }
  }
  throw new RangeError("No signing key can be derived from this secret access key")
}

/** Whether the signature, hexadecimal digits of DER, is that of the text under the public key. */
export const verify = (key: Uint8Array, toSign: Uint8Array, signature: string, hashes: Hashes): boolean => {
  try {
    const der = hexToBytes(signature)
    return p256.verify(der, hashes.sha256(toSign), key, { format: "der", prehash: false, lowS: false })
  } catch {
    // Not the form of a signature.
    return false
  }
}
