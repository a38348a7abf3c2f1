/**
 * What every layer of the Crypto service asks of its arguments. A caller that breaks one of these has a mistake in its
 * program, not in its data, so they throw a RangeError, which Effect turns into a defect.
 */

/** Bytes of an AES-256 key, and the least that a derivation key may have. */
export const keyLength = 32

/** Bytes of an AES-GCM nonce (NIST SP 800-38D section 5.2.1.1 recommends 96 bits). */
export const nonceLength = 12

/** Bytes of an AES-GCM tag. */
export const tagLength = 16

/** Most bytes that one counter-mode derivation gives: 255 blocks of HMAC-SHA-256. */
export const maxDerivedLength = 8160

/** Most bytes that HKDF with SHA-512 gives: 255 blocks (RFC 5869 section 2.3). */
export const maxHkdfLength = 16320

/** Most bytes of HKDF's info. */
export const maxInfoLength = 1024

const need = (condition: boolean, message: string): void => {
  if (!condition) throw new RangeError(message)
}

/** The key of AES-256-GCM. */
export const needAesKey = (key: Uint8Array): void =>
  need(key.length === keyLength, `An AES-256 key has ${keyLength} bytes, this one has ${key.length}`)

/** The nonce of one AES-GCM call. */
export const needNonce = (nonce: Uint8Array): void =>
  need(nonce.length === nonceLength, `An AES-GCM nonce has ${nonceLength} bytes, this one has ${nonce.length}`)

/** The key of the counter-mode derivation. */
export const needDerivationKey = (key: Uint8Array): void =>
  need(key.length >= keyLength, `A derivation key has at least ${keyLength} bytes, this one has ${key.length}`)

/** How many bytes are asked of a derivation. */
export const needLength = (length: number, most: number): void =>
  need(
    Number.isInteger(length) && length >= 1 && length <= most,
    `A derived key has 1 to ${most} bytes, ${length} were asked for`
  )

/** The information that HKDF binds its output to; no host takes more than `node:crypto` does. */
export const needInfo = (info: Uint8Array): void =>
  need(info.length <= maxInfoLength, `HKDF takes at most ${maxInfoLength} bytes of info, these are ${info.length}`)

/** How many random bytes are asked for. */
export const needCount = (length: number): void =>
  need(Number.isSafeInteger(length) && length >= 0, `${length} is not a number of bytes`)
