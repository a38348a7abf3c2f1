/** The enclave's RSA key, which replies are encrypted to. */
import { only, tags } from "@keystead/core/crypto/Der"
import type { ValidationException } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import { reading, refusal } from "./Refusal.ts"

/** A public key for RSAES-OAEP with SHA-256. */
export interface RecipientKey {
  readonly key: CryptoKey
  /** Its SubjectPublicKeyInfo, in DER. */
  readonly info: Uint8Array<ArrayBuffer>
}

/** NIST SP 800-131A allows no shorter modulus; the document's own limit of 1,024 bytes is the other end. */
const shortestModulus = 2048

/** FIPS 186-5, A.1.1: odd, above 2 to the 16th and below 2 to the 256th. With an exponent of 1 nothing would be hidden. */
const isExponent = (bytes: Uint8Array): boolean => {
  const exponent = BigInt(`0x0${Hex.encode(bytes)}`)
  return exponent > 2n ** 16n && exponent < 2n ** 256n && exponent % 2n === 1n
}

const isRsa = (algorithm: KeyAlgorithm): algorithm is RsaHashedKeyAlgorithm =>
  "modulusLength" in algorithm && "publicExponent" in algorithm

/** The key in a document's `public_key`, SubjectPublicKeyInfo (RFC 5280, 4.1) of an RSA key. */
export const read = Effect.fnUntraced(function*(
  publicKey: Uint8Array | undefined
): Effect.fn.Return<RecipientKey, ValidationException> {
  if (publicKey === undefined) return yield* refusal("has no public_key to encrypt the reply to")
  yield* reading("a public_key", () => only(tags.sequence, publicKey))
  const info = publicKey.slice()
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256" }
  const key = yield* Effect.tryPromise({
    try: () => globalThis.crypto.subtle.importKey("spki", info, algorithm, false, ["encrypt"]),
    catch: () => refusal("has a public_key that is no RSA key in SubjectPublicKeyInfo")
  })
  if (!isRsa(key.algorithm) || key.algorithm.modulusLength < shortestModulus) {
    return yield* refusal(`has a public_key of fewer than ${shortestModulus} bits`)
  }
  if (!isExponent(key.algorithm.publicExponent)) {
    return yield* refusal("has a public_key whose exponent is not odd and above 65,536")
  }
  return { key, info }
})
