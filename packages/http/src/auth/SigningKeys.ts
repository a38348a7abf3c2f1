/**
 * The keys that signatures are made with, derived from a secret access key.
 *
 * Source: AWS IAM user guide, "Create a signed AWS API request", "Derive a signing key"; for version 4A the derivation
 * that AWS's SDKs publish (aws-c-auth, `key_derivation.c`): NIST SP 800-108r1 in counter mode with HMAC-SHA-256, and FIPS
 * 186-5, A.2.2, for a scalar out of candidates.
 */
import * as Utf8 from "@keystead/core/Utf8"
import { p256 } from "@noble/curves/nist.js"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import type { Hashes } from "./Hashes.ts"

/** The key of a day, a Region, and KMS: 32 bytes. `scope` is `20261124/eu-west-1/kms/aws4_request`. */
export const symmetricKey = (secretAccessKey: string, scope: string, { hmacSha256 }: Hashes): Uint8Array =>
  scope.split("/").reduce<Uint8Array>(
    (key, part) => hmacSha256(key, Utf8.encode(part)),
    Utf8.encode(`AWS4${secretAccessKey}`)
  )

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
