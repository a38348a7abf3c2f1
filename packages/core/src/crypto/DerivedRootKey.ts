/**
 * A root key out of 32 bytes that the runtime holds: from a file, a passphrase or a secret binding. Two keys are derived
 * from it with HKDF-SHA-512 (RFC 5869), one that wraps key material and one that codes records. A host that has the bytes
 * as a handle only derives the same two itself, and gives what they do to `ofKeys`.
 */
import * as Effect from "effect/Effect"
import * as Utf8 from "../Utf8.ts"
import { type AesGcm, Crypto, NotAuthentic } from "./Crypto.ts"
import { hkdfPair } from "./HkdfPair.ts"
import { RootKey, type RootKeyUses } from "./RootKey.ts"

/** Bytes of a root key. */
export const rootKeyLength = 32

const nonceLength = 12
const keyLength = 32
const noSalt = new Uint8Array(0)

/** The infos of HKDF for the two keys of 32 bytes, the AES-256-GCM key first and the HMAC-SHA-256 key then; there is no salt. */
export const infos = [Utf8.encode("Keystead root 1 wrap"), Utf8.encode("Keystead root 1 mac")] as const

/** What the two keys do, however the host holds them. */
export interface RootKeyParts {
  readonly randomBytes: (length: number) => Effect.Effect<Uint8Array>
  /** AES-256-GCM under the first key. */
  readonly wrapping: Pick<AesGcm, "seal" | "open">
  /** HMAC-SHA-256 under the second. */
  readonly mac: RootKeyUses["mac"]
}

/** The RootKey of two keys. */
export const ofKeys = ({ mac, randomBytes, wrapping }: RootKeyParts): RootKeyUses =>
  RootKey.of({
    wrap: Effect.fnUntraced(function*(plaintext, aad) {
      const nonce = yield* randomBytes(nonceLength)
      const sealed = yield* wrapping.seal(nonce, aad, plaintext)
      const wrapped = new Uint8Array(nonceLength + sealed.length)
      wrapped.set(nonce)
      wrapped.set(sealed, nonceLength)
      return wrapped
    }),
    unwrap: (wrapped, aad) =>
      wrapped.length < nonceLength
        ? Effect.fail(new NotAuthentic())
        : wrapping.open(wrapped.subarray(0, nonceLength), aad, wrapped.subarray(nonceLength)),
    mac
  })

/** The RootKey over 32 secret bytes. It derives its own keys at once: the bytes may be overwritten afterwards. */
export const make = Effect.fnUntraced(function*(secret: Uint8Array) {
  if (secret.length !== rootKeyLength) {
    return yield* Effect.die(new RangeError(`A root key has ${rootKeyLength} bytes, this one has ${secret.length}`))
  }
  const crypto = yield* Crypto
  const [wrapKey, macKey] = yield* hkdfPair(crypto, secret, noSalt, infos, keyLength)
  const wrapping = yield* crypto.aesGcm(wrapKey)
  return ofKeys({
    randomBytes: crypto.randomBytes,
    wrapping,
    mac: (data) => crypto.hmacSha256(macKey, data)
  })
})
