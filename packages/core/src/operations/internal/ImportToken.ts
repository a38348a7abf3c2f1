/**
 * Import tokens: what ImportKeyMaterial needs to unwrap what was wrapped with the public key that came along. Nothing of
 * it is stored: the token carries the private key, under the root key, and is bound to one KMS key and to its time.
 *
 * ```
 * version (1) | wrapping key spec (1) | wrapping algorithm (1) | valid to (8) | the private key, wrapped
 * ```
 *
 * docs/formats.md gives every byte.
 */
import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import { KeyMaterials } from "../../crypto/KeyMaterials.ts"
import { day, type KeyRecord, recordId } from "../../domain/KeyRecord.ts"
import { ExpiredImportTokenException, InvalidImportTokenException } from "../../Errors.ts"
import { algorithms, keySpecs, type Wrapping } from "./Wrapping.ts"

/** How long a token is valid, in milliseconds. */
export const lifetime = day

const version = 1
const headerLength = 11
const validToStart = 3

const headerOf = ({ algorithm, keySpec }: Wrapping, validTo: number): Uint8Array => {
  const header = new Uint8Array(headerLength)
  header.set([version, keySpecs.indexOf(keySpec), algorithms.indexOf(algorithm)])
  new DataView(header.buffer).setBigUint64(validToStart, BigInt(validTo))
  return header
}

/** What the wrapping of the private key is bound to: the KMS key, and all that is said before it. */
const purpose = (key: KeyRecord, header: Uint8Array): string =>
  `import/${recordId(key, key.keyId)}/${Hex.encode(header)}`

/** A token for the KMS key that is valid up to `validTo`, in milliseconds. Whoever has the secret overwrites it. */
export const seal = Effect.fnUntraced(
  function*(key: KeyRecord, wrapping: Wrapping, validTo: number, secret: Uint8Array) {
    const header = headerOf(wrapping, validTo)
    const sealed = yield* (yield* KeyMaterials).seal(purpose(key, header), secret)
    const token = new Uint8Array(headerLength + sealed.length)
    token.set(header)
    token.set(sealed, headerLength)
    return token
  }
)

/** What a token holds. */
export interface Opened {
  readonly wrapping: Wrapping
  /** The private key, PKCS#8 in DER. Whoever asked for it overwrites it. */
  readonly secret: Uint8Array
}

const invalid = () =>
  new InvalidImportTokenException({
    message: "The import token is not one of this KMS key. Get another with GetParametersForImport."
  })

const overdue = () =>
  new ExpiredImportTokenException({ message: "The import token has expired. Get another with GetParametersForImport." })

/**
 * Opens the KMS key's own token at `now`, in milliseconds: InvalidImportTokenException for any other, and for one of which
 * any bit was changed; only then does it tell that one has expired.
 */
export const open = Effect.fnUntraced(function*(key: KeyRecord, token: Uint8Array, now: number) {
  const header = token.subarray(0, headerLength)
  const [keySpec, algorithm] = [keySpecs[header[1] ?? -1], algorithms[header[2] ?? -1]]
  if (header.length < headerLength || header[0] !== version || keySpec === undefined || algorithm === undefined) {
    return yield* invalid()
  }
  const opening = (yield* KeyMaterials).open(purpose(key, header), token.subarray(headerLength))
  const secret = yield* Effect.mapError(opening, invalid)
  const { buffer, byteLength, byteOffset } = header
  const validTo = Number(new DataView(buffer, byteOffset, byteLength).getBigUint64(validToStart))
  if (validTo <= now) {
    secret.fill(0)
    return yield* overdue()
  }
  const opened: Opened = { wrapping: { algorithm, keySpec }, secret }
  return opened
})
