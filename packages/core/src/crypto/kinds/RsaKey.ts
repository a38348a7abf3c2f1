/**
 * RSA keys in PKCS#8 (RFC 8017, A.1.2): read with every relation between their numbers checked, and written in one form,
 * in which p is the larger prime and d the smallest exponent (FIPS 186-5, A.1.1). Hosts make them, and use them.
 *
 * Numbers are JavaScript's, which cannot be overwritten and take time that depends on them. They are there only while
 * a key is made or read, never when it is used.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { magnitude, MalformedDer, only, reader, tags, type Value, value, write } from "../Der.ts"
import type { Secret } from "../KeyKind.ts"
import { needSamePublic, readPrivate, readPublic, writePrivate, writePublic } from "./KeyInfo.ts"

/** rsaEncryption, with NULL for parameters (RFC 8017, A.1). */
const algorithm = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00)

/** The one public exponent of keys here: AWS makes no others, and OpenSSL by default neither. */
export const publicExponent = 65537n

const need = (condition: boolean): void => {
  if (!condition) throw new MalformedDer()
}

/** The number that bytes are, the most significant first (RFC 8017, 4.2). */
export const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x0${bytesToHex(bytes)}`)

/** An INTEGER of a number that is not negative. */
const integer = (number: bigint): Value => {
  const digits = number.toString(16)
  const bytes = hexToBytes(digits.padStart(digits.length + (digits.length % 2), "0"))
  return value(tags.integer, ...((bytes[0] ?? 0) < 0x80 ? [] : [Uint8Array.of(0)]), bytes)
}

const bitsOf = (number: bigint): number => number.toString(2).length

const gcd = (one: bigint, other: bigint): bigint => other === 0n ? one : gcd(other, one % other)

/** The inverse, by Euclid's algorithm; the two have no common divisor. */
const inverse = (number: bigint, modulus: bigint): bigint => {
  let [one, other, first, second] = [number % modulus, modulus, 1n, 0n]
  while (other !== 0n) {
    const quotient = one / other
    ;[one, other] = [other, one - quotient * other]
    ;[first, second] = [second, first - quotient * second]
  }
  need(one === 1n)
  return (first + modulus) % modulus
}

const secretOf = (one: bigint, other: bigint): Secret => {
  const [p, q] = one > other ? [one, other] : [other, one]
  const phi = (p - 1n) * (q - 1n)
  const d = inverse(publicExponent, phi / gcd(p - 1n, q - 1n))
  const numbers = [0n, p * q, publicExponent, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)]
  return {
    bytes: writePrivate(algorithm, value(tags.sequence, ...numbers.map(integer))),
    publicKey: writePublic(algorithm, publicKeyOf(p * q))
  }
}

/** RSAPublicKey (RFC 8017, A.1.1). */
const publicKeyOf = (modulus: bigint): Uint8Array =>
  write(value(tags.sequence, integer(modulus), integer(publicExponent)))

/** The two primes in PKCS#8, whose relations are all checked, but not that they are primes. */
const primesOf = (bits: number, bytes: Uint8Array): readonly [bigint, bigint] => {
  const { privateKey, publicKey } = readPrivate(algorithm, bytes)
  const key = reader(only(tags.sequence, privateKey))
  const next = (): bigint => numberOf(magnitude(key.next(tags.integer)))
  const [version, n, e, d, p, q, dp, dq, qInverse] = [
    next(),
    next(),
    next(),
    next(),
    next(),
    next(),
    next(),
    next(),
    next()
  ]
  key.end()
  need(version === 0n && e === publicExponent && bitsOf(n) === bits && n === p * q && p !== q)
  need(bitsOf(p) === bits / 2 && bitsOf(q) === bits / 2)
  need((e * d) % (p - 1n) === 1n && (e * d) % (q - 1n) === 1n && d < n)
  need(dp === d % (p - 1n) && dq === d % (q - 1n) && qInverse < p && (qInverse * q) % p === 1n)
  if (publicKey !== undefined) needSamePublic(publicKey, publicKeyOf(n))
  return [p, q]
}

/**
 * Reads a key of this many bits in any form of PKCS#8. Rejects if it is none.
 *
 * @param isPrime - the host's test of primality, of odd numbers that an enemy may have chosen
 */
export const read = async (
  bits: number,
  bytes: Uint8Array,
  isPrime: (number: bigint) => Promise<boolean>
): Promise<Secret> => {
  const [p, q] = primesOf(bits, bytes)
  need(p % 2n === 1n && q % 2n === 1n && await isPrime(p) && await isPrime(q))
  return secretOf(p, q)
}

/** The one form of a key of this many bits that the host has made. Overwrites the bytes. */
export const written = (bits: number, bytes: Uint8Array): Secret => {
  const secret = secretOf(...primesOf(bits, bytes))
  bytes.fill(0)
  return secret
}

/** The modulus in a SubjectPublicKeyInfo whose exponent is 65537. */
export const modulusOf = (bytes: Uint8Array): bigint => {
  const key = reader(only(tags.sequence, readPublic(algorithm, bytes)))
  const [modulus, exponent] = [numberOf(magnitude(key.next(tags.integer))), numberOf(magnitude(key.next(tags.integer)))]
  key.end()
  need(exponent === publicExponent)
  return modulus
}
