/**
 * RSA keys by `node:crypto`; no pure JavaScript in Keystead has them.
 *
 * Signing is RSASSA-PSS, with a salt as long as the hash from the Crypto service, and RSASSA-PKCS1-v1_5. Encryption is
 * RSAES-OAEP with an empty label, and MGF1 over the same hash (RFC 8017, 7.1 and 8).
 */
import { constantTimeEquals } from "@keystead/core/crypto/ConstantTime"
import { Crypto, NotAuthentic } from "@keystead/core/crypto/Crypto"
import { type KeyKind, type PreparedKey, type Signed, UnusableKey } from "@keystead/core/crypto/KeyKind"
import * as Effect from "effect/Effect"
import { constants, type KeyObject, privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt } from "node:crypto"
import { held, plain, privateKeyOf, publicKeyOf } from "./KeyObjects.ts"
import { digest, type Hash, isPss, pkcs1, pss } from "./RsaEncoding.ts"
import * as RsaKey from "./RsaKey.ts"

const hashes: ReadonlyArray<Hash> = [
  { name: "sha256", length: 32, place: 1 },
  { name: "sha384", length: 48, place: 2 },
  { name: "sha512", length: 64, place: 3 }
]

const usages: KeyKind["usages"] = {
  SIGN_VERIFY: [
    "RSASSA_PSS_SHA_256",
    "RSASSA_PSS_SHA_384",
    "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
    "RSASSA_PKCS1_V1_5_SHA_384",
    "RSASSA_PKCS1_V1_5_SHA_512"
  ],
  ENCRYPT_DECRYPT: ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
}

/** The hash that a signing algorithm is named after. */
const hashOf = (algorithm: string): Hash => {
  const hash = hashes.find(({ length }) => algorithm.endsWith(`_SHA_${length * 8}`))
  if (hash === undefined) throw new RangeError(`RSA keys do not sign by ${algorithm}`)
  return hash
}

const isPkcs1 = (algorithm: string): boolean => algorithm.startsWith("RSASSA_PKCS1_")

const digestOf = (hash: Hash, { message, messageType }: Signed): Uint8Array =>
  messageType === "RAW" ? digest(hash, message) : message

const padding = constants.RSA_NO_PADDING

/** What the private operation is done on. */
const encode = (signed: Signed, length: number): Effect.Effect<Uint8Array, never, Crypto> =>
  Effect.suspend(() => {
    const hash = hashOf(signed.algorithm)
    const digested = digestOf(hash, signed)
    return isPkcs1(signed.algorithm)
      ? Effect.succeed(pkcs1(hash, digested, length))
      : Effect.map(Crypto.use((crypto) => crypto.randomBytes(hash.length)), (salt) => pss(hash, digested, salt, length))
  })

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
  const hash = hashOf(signed.algorithm)
  const digested = digestOf(hash, signed)
  if (encoded === undefined) return false
  return isPkcs1(signed.algorithm)
    ? constantTimeEquals(encoded, pkcs1(hash, digested, length))
    : isPss(hash, digested, encoded)
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
      Effect.map(encode(signed, length), (encoded) => plain(privateEncrypt({ key: key.get(), padding }, encoded))),
    decrypt: (algorithm, ciphertext) =>
      Effect.try({ try: () => decrypt(key.get(), algorithm, ciphertext, length), catch: () => new NotAuthentic() }),
    wipe: key.letGo
  }
}

const make = (keySpec: KeyKind["keySpec"], bits: number): KeyKind => ({
  keySpec,
  usages,
  generate: Effect.promise(() => RsaKey.generate(bits)),
  read: (bytes) => Effect.tryPromise({ try: () => RsaKey.read(bits, bytes), catch: () => new UnusableKey() }),
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
