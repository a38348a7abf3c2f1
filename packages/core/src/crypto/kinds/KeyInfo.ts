/**
 * The two frames around every asymmetric key: PKCS#8 (RFC 5958) for the private one, SubjectPublicKeyInfo (RFC 5280,
 * 4.1) for the public one. What is inside is the algorithm's own, and each kind's own business.
 *
 * An algorithm is given as the contents of its AlgorithmIdentifier. It must be met octet by octet: another algorithm,
 * another curve or parameters that should not be there are no key of the kind. Reading throws a MalformedDer.
 */
import { constantTimeEquals } from "../ConstantTime.ts"
import { MalformedDer, only, reader, tags, type Value, value, wholeOctets, write } from "../Der.ts"

/** What PKCS#8 holds: views into the bytes that were read. */
export interface PrivateKeyInfo {
  /** The contents of the `privateKey`, in the algorithm's own form. */
  readonly privateKey: Uint8Array
  /** The public key, where the writer said it too. */
  readonly publicKey: Uint8Array | undefined
}

/** `[0] IMPLICIT Attributes` and `[1] IMPLICIT BIT STRING` of RFC 5958, section 2. */
const attributesTag = 0xa0
const publicKeyTag = 0x81

const version = Uint8Array.of(0)

const sameAlgorithm = (one: Uint8Array, other: Uint8Array): void => {
  if (!constantTimeEquals(one, other)) throw new MalformedDer()
}

/** Reads PKCS#8, with or without attributes and public key. What the attributes say is of no interest here. */
export const readPrivate = (algorithm: Uint8Array, bytes: Uint8Array): PrivateKeyInfo => {
  const info = reader(only(tags.sequence, bytes))
  const [first, second] = info.next(tags.integer)
  if (second !== undefined || (first !== 0 && first !== 1)) throw new MalformedDer()
  sameAlgorithm(info.next(tags.sequence), algorithm)
  const privateKey = info.next(tags.octetString)
  info.optional(attributesTag)
  // RFC 5958: a public key is version v2's only.
  const publicKey = first === 1 ? info.optional(publicKeyTag) : undefined
  info.end()
  return { privateKey, publicKey: publicKey === undefined ? undefined : wholeOctets(publicKey) }
}

/** Writes PKCS#8 as OpenSSL does: version v1, neither attributes nor public key beside the algorithm's own form. */
export const writePrivate = (algorithm: Uint8Array, privateKey: Value): Uint8Array =>
  write(value(
    tags.sequence,
    value(tags.integer, version),
    value(tags.sequence, algorithm),
    value(tags.octetString, privateKey)
  ))

/** Reads a SubjectPublicKeyInfo: the octets of the key. */
export const readPublic = (algorithm: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const info = reader(only(tags.sequence, bytes))
  sameAlgorithm(info.next(tags.sequence), algorithm)
  const publicKey = wholeOctets(info.next(tags.bitString))
  info.end()
  return publicKey
}

/** Writes a SubjectPublicKeyInfo around the octets of a key. */
export const writePublic = (algorithm: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  write(value(tags.sequence, value(tags.sequence, algorithm), value(tags.bitString, Uint8Array.of(0), publicKey)))

/** The public key that was stated beside a private one must be its own, as it is derived from it. */
export const needSamePublic = (stated: Uint8Array | undefined, derived: Uint8Array): void => {
  if (stated !== undefined && !constantTimeEquals(stated, derived)) throw new MalformedDer()
}
