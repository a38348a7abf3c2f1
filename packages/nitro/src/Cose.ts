/**
 * COSE_Sign1 (RFC 9052, 4.2), as Nitro signs: ES384 (RFC 9053, 2.1) and nothing else, tagged or not. Nothing stands
 * outside what is signed: the unprotected header is empty.
 *
 * Source: AWS Nitro Enclaves attestation process, 3.1.
 */
import { encode } from "cborg"
import * as Cbor from "./Cbor.ts"
import { need } from "./Refusal.ts"

/** A signed document, in its parts. */
export interface Signed {
  readonly payload: Uint8Array
  /** What the signature is over. */
  readonly toBeSigned: Uint8Array
  /** r and s, 48 bytes each. */
  readonly signature: Uint8Array
}

/** The tag of COSE_Sign1, 18, in its shortest form. */
const tag = 0xd2

/** The algorithm's label in a header, and ES384. */
const algorithm = { label: 1, es384: -35 }

/** Most bytes of a payload. */
const longestPayload = 16384

/** Bytes of a signature with P-384: AWS's "32/48/64" cannot be meant. */
const signatureLength = 96

/** Takes a signed document apart. Throws a BadDocument. */
export const read = (document: Uint8Array): Signed => {
  const read = Cbor.read(document[0] === tag ? document.subarray(1) : document)
  need(Array.isArray(read) && read.length === 4, "is no COSE_Sign1")
  const parts: ReadonlyArray<unknown> = read
  const [protectedHeader, unprotectedHeader, payload, signature] = parts
  need(protectedHeader instanceof Uint8Array, "is no COSE_Sign1")
  need(unprotectedHeader instanceof Map && unprotectedHeader.size === 0, "has an unprotected header that is not empty")
  need(payload instanceof Uint8Array, "has no payload")
  need(
    payload.length >= 1 && payload.length <= longestPayload,
    `has a payload that is not of 1 to ${longestPayload} bytes`
  )
  const header = Cbor.read(protectedHeader)
  need(
    header instanceof Map && header.size === 1 && header.get(algorithm.label) === algorithm.es384,
    "is not signed with ES384"
  )
  need(signature instanceof Uint8Array && signature.length === signatureLength, "has a signature that is not of ES384")
  return { payload, toBeSigned: encode(["Signature1", protectedHeader, new Uint8Array(), payload]), signature }
}
