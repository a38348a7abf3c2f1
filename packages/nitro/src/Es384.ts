/** ECDSA on P-384 with SHA-384 (FIPS 186-5, 6.4), by the host's SubtleCrypto. */
import * as Effect from "effect/Effect"

/** Whether the signature, r and s of 48 bytes each, is the key's: an uncompressed point. A point off the curve has none. */
export const verify = (publicKey: Uint8Array, signature: Uint8Array, message: Uint8Array): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    const { subtle } = globalThis.crypto
    const key = await subtle.importKey(
      "raw",
      publicKey.slice(),
      { name: "ECDSA", namedCurve: "P-384" },
      false,
      ["verify"]
    ).catch(() => undefined)
    return key !== undefined &&
      subtle.verify({ name: "ECDSA", hash: "SHA-384" }, key, signature.slice(), message.slice())
  })
