/**
 * RSA keys by `node:crypto`; no pure JavaScript in Keystead has them.
 *
 * Signing is RSASSA-PSS, with a salt as long as the hash from the Crypto service, and RSASSA-PKCS1-v1_5. Encryption is
 * RSAES-OAEP with an empty label, and MGF1 over the same hash (RFC 8017, 7.1 and 8).
 */
import { Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import { type KeyKind, type PreparedKey, type Secret, type Signed, UnusableKey } from "@keystead/core/crypto/KeyKind"
import { encode, hashOf, isEncoding, isPkcs1, usages } from "@keystead/core/crypto/kinds/RsaEncoding"
import * as RsaKey from "@keystead/core/crypto/kinds/RsaKey"
import * as Effect from "effect/Effect"
import {
  checkPrime,
  constants,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt
} from "node:crypto"
import { promisify } from "node:util"
import { held, plain, privateKeyOf, publicKeyOf } from "./KeyObjects.ts"

const padding = constants.RSA_NO_PADDING
const none = Effect.succeed(new Uint8Array(0))

/** What the private operation is done on. */
const encoded = (signed: Signed, length: number): Effect.Effect<Uint8Array, never, Crypto> =>
  Effect.map(
    Crypto.use(({ randomBytes }) => isPkcs1(signed.algorithm) ? none : randomBytes(hashOf(signed.algorithm).length)),
    (salt) => encode(signed, salt, length)
  )

/** What the public operation gives back, or undefined: the signature has another length, or is not below the modulus. */
const opened = (key: KeyObject, signature: Uint8Array, length: number): Uint8Array | undefined => {
  if (signature.length !== length) return undefined
  try {
    return plain(publicDecrypt({ key, padding }, signature))
  } catch {
    return undefined
  }
}

const verify = (key: KeyObject, signed: Signed, signature: Uint8Array, length: number): boolean => {
  const encoded = opened(key, signature, length)
  return encoded !== undefined && isEncoding(signed, encoded)
}

const oaep = (algorithm: string) => ({
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: algorithm === "RSAES_OAEP_SHA_1" ? "sha1" : "sha256"
})

/** OpenSSL takes a ciphertext that lacks its leading zeros; RFC 8017 (7.1.2, step 1b) does not. */
const decrypt = (key: KeyObject, algorithm: string, ciphertext: Uint8Array, length: number): Uint8Array => {
  if (ciphertext.length !== length) throw new NotAuthentic()
  return plain(privateDecrypt({ key, ...oaep(algorithm) }, ciphertext))
}

const prepare = (bytes: Uint8Array, length: number): PreparedKey => {
  const key = held(privateKeyOf(bytes))
  return {
    sign: (signed) =>
      Effect.map(encoded(signed, length), (bytes) => plain(privateEncrypt({ key: key.get(), padding }, bytes))),
    decrypt: (algorithm, ciphertext) =>
      Effect.try({ try: () => decrypt(key.get(), algorithm, ciphertext, length), catch: () => new NotAuthentic() }),
    wipe: key.letGo
  }
}

const isPrime = promisify<bigint, boolean>(checkPrime)

const newPair = promisify(generateKeyPair)

/** Makes a key of this many bits, not on the thread that asks for it. */
const generate = async (bits: number): Promise<Secret> => {
  const { privateKey } = await newPair("rsa", {
    modulusLength: bits,
    publicExponent: Number(RsaKey.publicExponent),
    privateKeyEncoding: { format: "der", type: "pkcs8" },
    publicKeyEncoding: { format: "der", type: "spki" }
  })
  return RsaKey.written(bits, privateKey)
}

const make = (keySpec: KeyKind["keySpec"], bits: number): KeyKind => ({
  keySpec,
  usages,
  generate: Effect.promise(() => generate(bits)),
  read: (bytes) => Effect.tryPromise({ try: () => RsaKey.read(bits, bytes, isPrime), catch: () => new UnusableKey() }),
  prepare: (bytes) => Effect.sync(() => prepare(bytes, bits / 8)),
  verify: (publicKey, signed, signature) =>
    Effect.sync(() => verify(publicKeyOf(publicKey), signed, signature, bits / 8)),
  encrypt: (publicKey, algorithm, plaintext) =>
    Effect.sync(() => plain(publicEncrypt({ key: publicKeyOf(publicKey), ...oaep(algorithm) }, plaintext)))
})

/** RSA_2048, RSA_3072 and RSA_4096. */
export const rsaKinds: ReadonlyArray<KeyKind> = [
  make("RSA_2048", 2048),
  make("RSA_3072", 3072),
  make("RSA_4096", 4096)
]
