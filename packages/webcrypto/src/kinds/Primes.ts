/**
 * Primality by the Miller-Rabin test (FIPS 186-5, B.3.1), for RSA keys from outside: no host says by WebCrypto whether a
 * number is prime. The numbers are secret and the time depends on them, as it does wherever a key is read.
 */

/** Each round lets one composite in four pass at most: no number passes by more than one chance in 2^64. */
const rounds = 32

/** Base to the power of exponent, modulo. */
export const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === "1") result = (result * base) % modulus
  }
  return result
}

/** A random number from 2 to `number - 2`: 64 bits more than it has make all of them as good as equally likely. */
const randomBase = (number: bigint): bigint => {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil(number.toString(16).length / 2) + 8))
  return 2n + bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % (number - 3n)
}

const passes = (number: bigint, odd: bigint, twos: number): boolean => {
  let value = power(randomBase(number), odd, number)
  if (value === 1n || value === number - 1n) return true
  for (let squared = 1; squared < twos; squared++) {
    value = (value * value) % number
    if (value === number - 1n) return true
  }
  return false
}

/** Lets others on the thread have their turn: a round over 2,048 bits takes some ten milliseconds. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Whether an odd number over 3 is a prime. */
export const isPrime = async (number: bigint): Promise<boolean> => {
  let [odd, twos] = [number - 1n, 0]
  while (odd % 2n === 0n) [odd, twos] = [odd / 2n, twos + 1]
  for (let round = 0; round < rounds; round++) {
    if (!passes(number, odd, twos)) return false
    await turn()
  }
  return true
}
