/**
 * How a digest is encoded before the RSA operation that signs it (RFC 8017, 9). Hosts encode by themselves only what they
 * have hashed by themselves, and AWS takes digests too.
 */
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js"
import type { CHash } from "@noble/hashes/utils.js"
import { concat } from "../../Bytes.ts"
import { constantTimeEquals } from "../ConstantTime.ts"
import type { KeyKind, Signed } from "../KeyKind.ts"

/** A hash: its output's length in bytes, its place in NIST's arc (2.16.840.1.101.3.4.2), and how it is done. */
export interface Hash {
  readonly length: number
  readonly place: number
  readonly digest: CHash
}

const hashes: ReadonlyArray<Hash> = [
  { length: 32, place: 1, digest: sha256 },
  { length: 48, place: 2, digest: sha384 },
  { length: 64, place: 3, digest: sha512 }
]

/** What RSA keys are for, and by which algorithms, in the order of AWS's model. */
export const usages: KeyKind["usages"] = {
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
export const hashOf = (algorithm: string): Hash => {
  const hash = hashes.find(({ length }) => algorithm.endsWith(`_SHA_${length * 8}`))
  if (hash === undefined) throw new RangeError(`RSA keys do not sign by ${algorithm}`)
  return hash
}

/** Whether an algorithm signs by RSASSA-PKCS1-v1_5, and not by RSASSA-PSS. */
export const isPkcs1 = (algorithm: string): boolean => algorithm.startsWith("RSASSA_PKCS1_")

/** The digest that is signed. */
export const digestOf = ({ algorithm, message, messageType }: Signed): Uint8Array =>
  messageType === "RAW" ? hashOf(algorithm).digest(message) : message

/** The encoding of what is signed, to `length` bytes, the modulus's; of PSS with this salt of the hash's length. */
export const encode = (signed: Signed, salt: Uint8Array, length: number): Uint8Array => {
  const hash = hashOf(signed.algorithm)
  return isPkcs1(signed.algorithm) ? pkcs1(hash, digestOf(signed), length) : pss(hash, digestOf(signed), salt, length)
}

/** Whether the bytes, as many as the modulus's, are an encoding of what is signed, with a salt of the hash's length. */
export const isEncoding = (signed: Signed, encoded: Uint8Array): boolean => {
  const hash = hashOf(signed.algorithm)
  return isPkcs1(signed.algorithm)
    ? constantTimeEquals(encoded, pkcs1(hash, digestOf(signed), encoded.length))
    : isPss(hash, digestOf(signed), encoded)
}

/** EMSA-PKCS1-v1_5 (9.2) of a digest, to `length` bytes, the modulus's. */
const pkcs1 = ({ length: hashLength, place }: Hash, digest: Uint8Array, length: number): Uint8Array => {
  const algorithm = [0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, place, 0x05, 0x00]
  const info = [0x30, algorithm.length + 2 + hashLength, ...algorithm, 0x04, hashLength, ...digest]
  const encoded = new Uint8Array(length).fill(0xff)
  encoded.set([0x00, 0x01])
  encoded.set([0x00, ...info], length - info.length - 1)
  return encoded
}

/** MGF1 (B.2.1), xored over the bytes. */
const mask = (hash: Hash, seed: Uint8Array, bytes: Uint8Array): void => {
  const counter = new Uint8Array(4)
  for (let block = 0; block * hash.length < bytes.length; block++) {
    new DataView(counter.buffer).setUint32(0, block)
    const part = bytes.subarray(block * hash.length, (block + 1) * hash.length)
    hash.digest(concat([seed, counter])).subarray(0, part.length).forEach((octet, at) => {
      part[at] = (part[at] ?? 0) ^ octet
    })
  }
}

const trailer = 0xbc
/** All bits but the topmost: a modulus of whole bytes gives an encoding of one bit less (8.1.1). */
const below = 0x7f
const zeros = new Uint8Array(8)

/** EMSA-PSS-ENCODE (9.1.1) of a digest, with a salt of the hash's length, to `length` bytes, the modulus's. */
const pss = (hash: Hash, digested: Uint8Array, salt: Uint8Array, length: number): Uint8Array => {
  const encoded = new Uint8Array(length)
  const h = hash.digest(concat([zeros, digested, salt]))
  const db = encoded.subarray(0, length - hash.length - 1)
  db[db.length - salt.length - 1] = 0x01
  db.set(salt, db.length - salt.length)
  mask(hash, h, db)
  db[0] = (db[0] ?? 0) & below
  encoded.set(h, db.length)
  encoded[length - 1] = trailer
  return encoded
}

/** EMSA-PSS-VERIFY (9.1.2): whether the encoding is one of the digest, with a salt of the hash's length. */
const isPss = (hash: Hash, digested: Uint8Array, encoded: Uint8Array): boolean => {
  const h = encoded.slice(-hash.length - 1, -1)
  const db = encoded.slice(0, -hash.length - 1)
  mask(hash, h, db)
  const salt = db.subarray(-hash.length)
  // The one encoding with this salt: that covers trailer, topmost bit, padding and the length of the salt at once.
  return constantTimeEquals(pss(hash, digested, salt, encoded.length), encoded)
}
