/**
 * The kinds of keys that WebCrypto gives and the core lacks: RSA keys.
 *
 * SubtleCrypto hashes what it signs, so a digest cannot be signed here. It draws the salt of RSASSA-PSS by itself, with the
 * length of the hash. A digest's signature can be verified: that needs no secret, and is done in the open, as RFC 8017
 * (5.2.2 and 8) says.
 */
import { NotAuthentic } from "@keystead/core/crypto/Crypto"
import { type KeyKind, type PreparedKey, type Secret, type Signed, UnusableKey } from "@keystead/core/crypto/KeyKind"
import { isEncoding, usages } from "@keystead/core/crypto/kinds/RsaEncoding"
import * as RsaKey from "@keystead/core/crypto/kinds/RsaKey"
import { UnsupportedOperationException } from "@keystead/core/Errors"
import * as Effect from "effect/Effect"
import { isRefusal } from "../Refusal.ts"
import { unshared } from "../Unshared.ts"
import { isPrime, power } from "./Primes.ts"
import { algorithmOf, type PrivateKey, privateKey, publicKeyFor } from "./RsaKeys.ts"

const noDigests = () =>
  new UnsupportedOperationException({
    message: "RSA keys cannot sign a digest here, as this host hashes what it signs. Send the message itself with " +
      "MessageType RAW (at most 4,096 bytes), or sign in Keystead on Node, with the same key."
  })

const signature = async (key: PrivateKey, { algorithm, message }: Signed): Promise<Uint8Array> => {
  const { use } = algorithmOf(algorithm)
  return new Uint8Array(await crypto.subtle.sign(use, await key.keyFor(algorithm, "sign"), unshared(message)))
}

/** The plaintext, or undefined if the ciphertext is not the key's. */
const decrypted = async (
  key: PrivateKey,
  algorithm: string,
  ciphertext: Uint8Array
): Promise<Uint8Array | undefined> => {
  const { use } = algorithmOf(algorithm)
  const cryptoKey = await key.keyFor(algorithm, "decrypt")
  try {
    return new Uint8Array(await crypto.subtle.decrypt(use, cryptoKey, unshared(ciphertext)))
  } catch (error) {
    if (isRefusal(error)) return undefined
    throw error
  }
}

const prepare = (bytes: Uint8Array, length: number): PreparedKey => {
  const key = privateKey(bytes)
  return {
    sign: (signed) =>
      signed.messageType === "RAW" ? Effect.promise(() => signature(key, signed)) : Effect.fail(noDigests()),
    decrypt: (algorithm, ciphertext) =>
      // Hosts differ on a ciphertext that lacks its leading zeros; RFC 8017 (7.1.2, step 1b) refuses it.
      ciphertext.length === length
        ? Effect.flatMap(
          Effect.promise(() => decrypted(key, algorithm, ciphertext)),
          (plaintext) => plaintext === undefined ? Effect.fail(new NotAuthentic()) : Effect.succeed(plaintext)
        )
        : Effect.fail(new NotAuthentic()),
    wipe: key.wipe
  }
}

const verifyMessage = async (publicKey: Uint8Array, signed: Signed, signature: Uint8Array): Promise<boolean> => {
  const { algorithm, message } = signed
  const key = await publicKeyFor(algorithm, publicKey, "verify")
  return crypto.subtle.verify(algorithmOf(algorithm).use, key, unshared(signature), unshared(message))
}

/** The number in so many bytes (RFC 8017, 4.1). */
const octets = (number: bigint, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => Number((number >> BigInt(8 * (length - 1 - at))) & 0xffn))

/** RSAVP1, and whether what it gives is the digest's encoding. */
const verifyDigest = (publicKey: Uint8Array, signed: Signed, signature: Uint8Array): boolean => {
  const [modulus, number] = [RsaKey.modulusOf(publicKey), RsaKey.numberOf(signature)]
  if (number >= modulus) return false
  return isEncoding(signed, octets(power(number, RsaKey.publicExponent, modulus), signature.length))
}

const encrypt = async (publicKey: Uint8Array, algorithm: string, plaintext: Uint8Array): Promise<Uint8Array> => {
  const key = await publicKeyFor(algorithm, publicKey, "encrypt")
  return new Uint8Array(await crypto.subtle.encrypt(algorithmOf(algorithm).use, key, unshared(plaintext)))
}

const generate = async (modulusLength: number): Promise<Secret> => {
  const algorithm = { name: "RSA-OAEP", hash: "SHA-256", modulusLength, publicExponent: Uint8Array.of(1, 0, 1) }
  const pair = await crypto.subtle.generateKey(algorithm, true, ["encrypt", "decrypt"])
  return RsaKey.written(modulusLength, new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)))
}

const make = (keySpec: KeyKind["keySpec"], bits: number): KeyKind => ({
  keySpec,
  usages,
  generate: Effect.promise(() => generate(bits)),
  read: (bytes) => Effect.tryPromise({ try: () => RsaKey.read(bits, bytes, isPrime), catch: () => new UnusableKey() }),
  prepare: (bytes) => Effect.sync(() => prepare(bytes, bits / 8)),
  verify: (publicKey, signed, signature) => {
    if (signature.length !== bits / 8) return Effect.succeed(false)
    return signed.messageType === "RAW"
      ? Effect.promise(() => verifyMessage(publicKey, signed, signature))
      : Effect.sync(() => verifyDigest(publicKey, signed, signature))
  },
  encrypt: (publicKey, algorithm, plaintext) => Effect.promise(() => encrypt(publicKey, algorithm, plaintext))
})

/** RSA_2048, RSA_3072 and RSA_4096. */
export const webKinds: ReadonlyArray<KeyKind> = [
  make("RSA_2048", 2048),
  make("RSA_3072", 3072),
  make("RSA_4096", 4096)
]
