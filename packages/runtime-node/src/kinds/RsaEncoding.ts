/**
 * How a digest is encoded before the RSA operation that signs it (RFC 8017, 9). OpenSSL encodes by itself only what it
 * has hashed by itself, and AWS takes digests too, so both go this one way, over the bare operation.
 */
import { constantTimeEquals } from "@keystead/core/crypto/ConstantTime"
import { hash } from "node:crypto"
import { plain } from "./KeyObjects.ts"

/** A hash by its name, its length in bytes, and its place in NIST's arc (2.16.840.1.101.3.4.2). */
export interface Hash {
  readonly name: string
  readonly length: number
  readonly place: number
}

/** The hash's digest of parts one after the other. */
export const digest = ({ name }: Hash, ...parts: ReadonlyArray<Uint8Array>): Uint8Array =>
  plain(hash(name, Buffer.concat(parts), "buffer"))

/** EMSA-PKCS1-v1_5 (9.2) of a digest, to `length` bytes, the modulus's. */
export const pkcs1 = ({ length: hashLength, place }: Hash, digest: Uint8Array, length: number): Uint8Array => {
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
    digest(hash, seed, counter).subarray(0, part.length).forEach((octet, at) => {
      part[at] = (part[at] ?? 0) ^ octet
    })
  }
}

const trailer = 0xbc
/** All bits but the topmost: a modulus of whole bytes gives an encoding of one bit less (8.1.1). */
const below = 0x7f
const zeros = new Uint8Array(8)

/** EMSA-PSS-ENCODE (9.1.1) of a digest, with a salt of the hash's length, to `length` bytes, the modulus's. */
export const pss = (hash: Hash, digested: Uint8Array, salt: Uint8Array, length: number): Uint8Array => {
  const encoded = new Uint8Array(length)
  const h = digest(hash, zeros, digested, salt)
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
export const isPss = (hash: Hash, digested: Uint8Array, encoded: Uint8Array): boolean => {
  const h = encoded.slice(-hash.length - 1, -1)
  const db = encoded.slice(0, -hash.length - 1)
  mask(hash, h, db)
  const salt = db.subarray(-hash.length)
  // The one encoding with this salt: that covers trailer, topmost bit, padding and the length of the salt at once.
  return constantTimeEquals(pss(hash, digested, salt, encoded.length), encoded)
}
