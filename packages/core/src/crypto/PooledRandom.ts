/**
 * A host's entropy in small pieces: salts and nonces of a few bytes are needed on every call, and asking the host for each
 * costs more than the bytes are worth.
 */
import type { RandomSource } from "./Noble.ts"

const poolLength = 4096
const largestFromPool = 256

/**
 * A random source that fills a pool of 4,096 bytes at once. Bytes are overwritten as they are handed out, so the pool
 * never holds what was given to anybody. Requests over 256 bytes go to the host directly.
 *
 * @param fill - overwrites all of the bytes with the host's cryptographic random ones
 */
export const pooledRandom = (fill: (bytes: Uint8Array<ArrayBuffer>) => void): RandomSource => {
  const pool = new Uint8Array(poolLength)
  let next = poolLength
  return (length) => {
    if (length > largestFromPool) {
      const output = new Uint8Array(length)
      fill(output)
      return output
    }
    if (next + length > poolLength) {
      fill(pool)
      next = 0
    }
    const output = pool.slice(next, next + length)
    pool.fill(0, next, next + length)
    next += length
    return output
  }
}
