/** Encrypting to the public key of an RSA KMS key, and decrypting with its private key: RSAES-OAEP of RFC 8017, 7.1. */
import * as Effect from "effect/Effect"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import { needAlgorithm } from "../domain/KeyUse.ts"
import { InvalidCiphertextException, type KeyUnavailableException, ValidationException } from "../Errors.ts"
import type { NotAuthentic } from "./Crypto.ts"
import type { How, KeyCipher } from "./KeyCipher.ts"
import type { PreparedKey } from "./KeyKind.ts"
import { kindOf, publicKeyOf, unavailable, withPrivateKey } from "./OfKind.ts"

const hashLengths = new Map([["RSAES_OAEP_SHA_1", 20], ["RSAES_OAEP_SHA_256", 32]])

/** A request may leave out the algorithm, and means then the one of symmetric keys. */
const algorithmOf = ({ algorithm = "SYMMETRIC_DEFAULT" }: How): string => algorithm

/** RFC 8017, 7.1.1: the modulus, less two hashes and two bytes. */
const longest = ({ keySpec }: KeyRecord, algorithm: string): number =>
  Number(keySpec.slice("RSA_".length)) / 8 - 2 * (hashLengths.get(algorithm) ?? 0) - 2

const check = Effect.fnUntraced(function*(key: KeyRecord, how: How) {
  yield* needAlgorithm(key, algorithmOf(how), (yield* kindOf(key)).usages.ENCRYPT_DECRYPT)
  if (how.context === undefined) return
  yield* new ValidationException({
    message: "An encryption context is for symmetric keys only: call without EncryptionContext."
  })
})

const encrypt = Effect.fnUntraced(function*(key: KeyRecord, how: How, plaintext: Uint8Array) {
  const kind = yield* kindOf(key)
  const algorithm = algorithmOf(how)
  if (kind.encrypt === undefined) return yield* unavailable(key)
  const most = longest(key, algorithm)
  if (plaintext.length > most) {
    return yield* new ValidationException({
      message: `Algorithm ${algorithm} and key spec ${key.keySpec} cannot encrypt data larger than ${most} bytes.`
    })
  }
  return { blob: yield* kind.encrypt(yield* publicKeyOf(key), algorithm, plaintext) }
})

const decrypt = Effect.fnUntraced(function*(key: KeyRecord, how: How, ciphertext: Uint8Array) {
  const open = ({ decrypt }: PreparedKey): Effect.Effect<Uint8Array, NotAuthentic | KeyUnavailableException> =>
    decrypt === undefined ? Effect.fail(unavailable(key)) : decrypt(algorithmOf(how), ciphertext)
  const plaintext = yield* Effect.catchTag(
    withPrivateKey(key, yield* kindOf(key), open),
    "NotAuthentic",
    () => Effect.fail(new InvalidCiphertextException())
  )
  return { plaintext }
})

/** RSA keys for encryption. */
export const underKeyPair: KeyCipher = { fits: ({ keySpec }) => keySpec.startsWith("RSA_"), check, encrypt, decrypt }
