/**
 * A root key whose bytes nobody can have: a `CryptoKey` for HKDF that cannot be exported. The browser derives from it the same
 * two keys that `@keystead/core/crypto/DerivedRootKey` derives from bytes, and those cannot be exported either.
 */
import { Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import { infos, ofKeys, rootKeyLength, type RootKeyParts } from "@keystead/core/crypto/DerivedRootKey"
import { RootKeyError } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { unshared } from "./Unshared.ts"

const noSalt = new Uint8Array(0)
const [wrapInfo, macInfo] = infos

/** A handle on 32 secret bytes, which may be overwritten afterwards. */
export const handleOf = (secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"])

/** A handle on 32 random bytes. They are overwritten as soon as the browser has them. */
export const newHandle = async (): Promise<CryptoKey> => {
  const secret = crypto.getRandomValues(new Uint8Array(rootKeyLength))
  try {
    return await handleOf(secret)
  } finally {
    secret.fill(0)
  }
}

const derive = (
  handle: CryptoKey,
  info: Uint8Array<ArrayBuffer>,
  into: AesKeyGenParams | HmacKeyGenParams,
  uses: Array<KeyUsage>
) => crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-512", salt: noSalt, info }, handle, into, false, uses)

const wrappingUnder = (key: CryptoKey): RootKeyParts["wrapping"] => {
  const parameters = (nonce: Uint8Array, aad: Uint8Array): AesGcmParams => ({
    name: "AES-GCM",
    iv: unshared(nonce),
    additionalData: unshared(aad)
  })
  return {
    seal: (nonce, aad, plaintext) =>
      Effect.promise(async () =>
        new Uint8Array(await crypto.subtle.encrypt(parameters(nonce, aad), key, unshared(plaintext)))
      ),
    // Whatever a browser has against the bytes: under this key they are nothing.
    open: (nonce, aad, sealed) =>
      Effect.tryPromise({
        try: async () => new Uint8Array(await crypto.subtle.decrypt(parameters(nonce, aad), key, unshared(sealed))),
        catch: () => new NotAuthentic()
      })
  }
}

const unusable = () =>
  new RootKeyError({
    reason: "Unreadable",
    message: "What is kept as the root key is no CryptoKey for HKDF. Restore a backup."
  })

/** The root key behind a handle: the same as that of the handle's bytes. */
export const rootKeyOf = Effect.fnUntraced(function*(handle: CryptoKey) {
  const { randomBytes } = yield* Crypto
  const [wrapKey, macKey] = yield* Effect.tryPromise({
    try: () =>
      Promise.all([
        derive(handle, wrapInfo, { name: "AES-GCM", length: 256 }, ["encrypt", "decrypt"]),
        derive(handle, macInfo, { name: "HMAC", hash: "SHA-256", length: 256 }, ["sign"])
      ]),
    catch: unusable
  })
  return ofKeys({
    randomBytes,
    wrapping: wrappingUnder(wrapKey),
    mac: (data) => Effect.promise(async () => new Uint8Array(await crypto.subtle.sign("HMAC", macKey, unshared(data))))
  })
})
