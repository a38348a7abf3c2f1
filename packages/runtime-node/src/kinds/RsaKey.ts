/**
 * RSA keys in PKCS#8 (RFC 8017, A.1.2): made by OpenSSL, read with every relation between their numbers checked, and
 * written in one form, in which p is the larger prime and d the smallest exponent (FIPS 186-5, A.1.1).
 *
 * Numbers are JavaScript's, which cannot be overwritten and take time that depends on them. They are there only while
 * a key is made or read, never when it is used.
 */
import { magnitude, MalformedDer, only, reader, tags, type Value, value, write } from "@keystead/core/crypto/Der"
import type { Secret } from "@keystead/core/crypto/KeyKind"
import { needSamePublic, readPrivate, writePrivate, writePublic } from "@keystead/core/crypto/kinds/KeyInfo"
import { checkPrime, generateKeyPair } from "node:crypto"
import { promisify } from "node:util"

/** rsaEncryption, with NULL for parameters (RFC 8017, A.1). */
const algorithm = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00)

/** The one public exponent of keys here: AWS makes no others, and OpenSSL by default neither. */
const publicExponent = 65537n

const need = (condition: boolean): void => {
  if (!condition) throw new MalformedDer()
}

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`)

/** An INTEGER of a number that is not negative. */
const integer = (number: bigint): Value => {
  const digits = number.toString(16)
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex")
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

const isPrime = promisify<bigint, boolean>(checkPrime)

/** Reads a key of this many bits in any form of PKCS#8. Rejects if it is none. */
export const read = async (bits: number, bytes: Uint8Array): Promise<Secret> => {
  const [p, q] = primesOf(bits, bytes)
  need(await isPrime(p) && await isPrime(q))
  return secretOf(p, q)
}

const newPair = promisify(generateKeyPair)

/** Makes a key of this many bits, not on the thread that asks for it. */
export const generate = async (bits: number): Promise<Secret> => {
  const { privateKey } = await newPair("rsa", {
    modulusLength: bits,
    publicExponent: Number(publicExponent),
    privateKeyEncoding: { format: "der", type: "pkcs8" },
    publicKeyEncoding: { format: "der", type: "spki" }
  })
  const secret = secretOf(...primesOf(bits, privateKey))
  privateKey.fill(0)
  return secret
}
