/** Encrypting to the public key of an RSA KMS key, and decrypting with its private key: RSAES-OAEP of RFC 8017, 7.1. */
import * as Effect from "effect/Effect"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import { type KeyUnavailableException, ValidationException } from "../Errors.ts"
import type { NotAuthentic } from "./Crypto.ts"
import type { PreparedKey } from "./KeyKind.ts"
import { kindOf, publicKeyOf, unavailable, withPrivateKey } from "./OfKind.ts"

const hashLengths = new Map([["RSAES_OAEP_SHA_1", 20], ["RSAES_OAEP_SHA_256", 32]])

/** RFC 8017, 7.1.1: the modulus, less two hashes and two bytes. */
const longest = ({ keySpec }: KeyRecord, algorithm: string): number =>
  Number(keySpec.slice("RSA_".length)) / 8 - 2 * (hashLengths.get(algorithm) ?? 0) - 2

/** The ciphertext, of the length of the modulus. ValidationException if the plaintext does not fit. */
export const encrypt = Effect.fnUntraced(function*(key: KeyRecord, algorithm: string, plaintext: Uint8Array) {
  const kind = yield* kindOf(key)
  if (kind.encrypt === undefined) return yield* unavailable(key)
  const most = longest(key, algorithm)
  if (plaintext.length > most) {
    return yield* new ValidationException({
      message: `Algorithm ${algorithm} and key spec ${key.keySpec} cannot encrypt data larger than ${most} bytes.`
    })
  }
  return yield* kind.encrypt(yield* publicKeyOf(key), algorithm, plaintext)
})

/** The plaintext; NotAuthentic for anything that the public key did not make. */
export const decrypt = Effect.fnUntraced(function*(key: KeyRecord, algorithm: string, ciphertext: Uint8Array) {
  const open = ({ decrypt }: PreparedKey): Effect.Effect<Uint8Array, NotAuthentic | KeyUnavailableException> =>
    decrypt === undefined ? Effect.fail(unavailable(key)) : decrypt(algorithm, ciphertext)
  return yield* withPrivateKey(key, yield* kindOf(key), open)
})
