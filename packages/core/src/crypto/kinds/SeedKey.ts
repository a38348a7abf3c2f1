/**
 * Post-quantum keys that are made from a seed: how ML-DSA (RFC 9881) and ML-KEM (RFC 9935) write them.
 *
 * The private key is a choice of the seed `[0]`, the expanded key, or both. Written is the seed. Read is the seed, or
 * both if they belong together; an expanded key alone cannot be turned back into its seed, and is refused.
 */
import * as Effect from "effect/Effect"
import { constantTimeEquals } from "../ConstantTime.ts"
import { Crypto } from "../Crypto.ts"
import { only, reader, tags, value } from "../Der.ts"
import { type KeyKind, type Secret, UnusableKey } from "../KeyKind.ts"
import { needSamePublic, readPrivate, readPublic, writePrivate, writePublic } from "./KeyInfo.ts"

/** The two keys that a seed stands for, as FIPS 203 and FIPS 204 encode them. */
export interface Expanded {
  readonly secretKey: Uint8Array
  readonly publicKey: Uint8Array
}

/** What the two families have in common. */
export interface SeedKey {
  /** Makes the keys of a PKCS#8 that this module has written. */
  readonly expand: (bytes: Uint8Array) => Expanded
  readonly generate: KeyKind["generate"]
  readonly read: KeyKind["read"]
  /** The encoded public key in a SubjectPublicKeyInfo. */
  readonly publicKeyOf: (publicKey: Uint8Array) => Uint8Array
}

/** `[0] IMPLICIT OCTET STRING` of the choice in RFC 9881, section 6, and RFC 9935, section 6. */
const seedTag = 0x80

/** NIST's arc for algorithms, 2.16.840.1.101.3.4; families and members follow. */
const nistAlgorithms = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04]

/**
 * The keys of one parameter set: its family and member below NIST's arc, the bytes of its seed, and how it is expanded.
 */
export const make = (
  [family, member]: readonly [number, number],
  seedLength: number,
  keygen: (seed: Uint8Array) => Expanded
): SeedKey => {
  const name = [...nistAlgorithms, family, member]
  const algorithm = Uint8Array.of(tags.objectIdentifier, name.length, ...name)

  const secretOf = (seed: Uint8Array, publicKey: Uint8Array): Secret => ({
    bytes: writePrivate(algorithm, value(seedTag, seed)),
    publicKey: writePublic(algorithm, publicKey)
  })

  const choice = (privateKey: Uint8Array): { readonly seed: Uint8Array; readonly expanded?: Uint8Array } => {
    if (privateKey[0] === seedTag) return { seed: only(seedTag, privateKey) }
    const both = reader(only(tags.sequence, privateKey))
    const [seed, expanded] = [both.next(tags.octetString), both.next(tags.octetString)]
    both.end()
    return { seed, expanded }
  }

  const read = (bytes: Uint8Array): Secret => {
    const { privateKey, publicKey } = readPrivate(algorithm, bytes)
    const { expanded, seed } = choice(privateKey)
    // Throws for a seed of another length.
    const keys = keygen(seed)
    const consistent = expanded === undefined || constantTimeEquals(expanded, keys.secretKey)
    keys.secretKey.fill(0)
    if (!consistent) throw new UnusableKey()
    needSamePublic(publicKey, keys.publicKey)
    return secretOf(seed, keys.publicKey)
  }

  return {
    expand: (bytes) => keygen(only(seedTag, readPrivate(algorithm, bytes).privateKey)),
    generate: Effect.map(Crypto.use((crypto) => crypto.randomBytes(seedLength)), (seed) => {
      const { publicKey, secretKey } = keygen(seed)
      const secret = secretOf(seed, publicKey)
      secretKey.fill(0)
      seed.fill(0)
      return secret
    }),
    read: (bytes) => Effect.try({ try: () => read(bytes), catch: () => new UnusableKey() }),
    publicKeyOf: (publicKey) => readPublic(algorithm, publicKey)
  }
}
