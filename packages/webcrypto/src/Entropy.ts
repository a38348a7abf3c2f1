/** The host's cryptographic random source. */

/** Most bytes that `getRandomValues` gives at once (Web Cryptography, 10.1.1). */
const maxQuota = 65_536

/** Overwrites all of the bytes with random ones. */
export const fillRandom = (bytes: Uint8Array<ArrayBuffer>): void => {
  for (let at = 0; at < bytes.length; at += maxQuota) crypto.getRandomValues(bytes.subarray(at, at + maxQuota))
}
