/**
 * What stands in for RSA in a trace. A host makes RSA keys and pads what they encrypt out of its own randomness, so that no
 * two runs are the same; yet without keys that wrap, no key material could be imported.
 *
 * It hides nothing: what is "encrypted" is the plaintext, padded to the length of an RSA modulus, and a SHA-256 that binds it
 * to the key. It is not for anything but a trace.
 */
import { concat } from "@keystead/core/Bytes"
import { Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import type { KeyKind, PreparedKey } from "@keystead/core/crypto/KeyKind"
import type { KeySpec } from "@keystead/core/domain/Specs"
import { aeskwp } from "@noble/ciphers/aes.js"
import * as Effect from "effect/Effect"

const hashLength = 32

const bind = (key: Uint8Array, padded: Uint8Array) => Crypto.use((crypto) => crypto.sha256(concat([key, padded])))

/** The plaintext, its length before it, padded to the length of a modulus, and bound to the key. */
export const seal = Effect.fnUntraced(function*(key: Uint8Array, plaintext: Uint8Array, modulusLength: number) {
  const padded = new Uint8Array(modulusLength - hashLength)
  padded.set([plaintext.length >> 8, plaintext.length & 255])
  padded.set(plaintext.subarray(0, padded.length - 2), 2)
  return concat([padded, yield* bind(key, padded)])
})

/** An AES-256 key, sealed, and the plaintext wrapped under it by AES-KWP (RFC 5649). */
export const sealHybrid = Effect.fnUntraced(function*(key: Uint8Array, plaintext: Uint8Array, modulusLength: number) {
  const wrapping = yield* Crypto.use(({ randomBytes }) => randomBytes(32))
  return concat([yield* seal(key, wrapping, modulusLength), aeskwp(wrapping).encrypt(plaintext)])
})

const open = Effect.fnUntraced(function*(key: Uint8Array, sealed: Uint8Array) {
  const padded = sealed.subarray(0, -hashLength)
  const expected = yield* bind(key, padded)
  const found = sealed.subarray(-hashLength)
  if (found.length !== hashLength || expected.some((byte, at) => byte !== found[at])) return yield* new NotAuthentic()
  const [high = 0, low = 0] = padded
  return padded.slice(2, 2 + high * 256 + low)
})

const standIn = (keySpec: KeySpec, crypto: Crypto["Service"]): KeyKind => ({
  keySpec,
  usages: {},
  generate: Effect.map(Crypto.use(({ randomBytes }) => randomBytes(hashLength)), (bytes) => ({
    bytes,
    publicKey: bytes.slice()
  })),
  read: (bytes) => Effect.succeed({ bytes: bytes.slice() }),
  prepare: (bytes) => {
    const key = bytes.slice()
    const prepared: PreparedKey = {
      decrypt: (_algorithm, sealed) => Effect.provideService(open(key, sealed), Crypto, crypto),
      wipe: () => void key.fill(0)
    }
    return Effect.succeed(prepared)
  }
})

/** In the place of the RSA keys that material is wrapped with. */
export const wrappingKinds = (crypto: Crypto["Service"]): ReadonlyArray<KeyKind> =>
  (["RSA_2048", "RSA_3072", "RSA_4096"] as const).map((keySpec) => standIn(keySpec, crypto))
