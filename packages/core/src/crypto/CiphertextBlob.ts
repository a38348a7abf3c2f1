/**
 * The bytes of a symmetric ciphertext blob, versions 1 and 2. docs/formats.md describes each.
 *
 * ```
 * version (1) | length of key reference (1) | key reference | key material id (32) | salt (16) | commitment (32)
 * | ciphertext | tag (16)
 * ```
 *
 * Everything before the ciphertext is the header, and the header is authenticated. In version 2, ciphertext and tag are
 * encrypted once more, by an external key: `custom-stores/ExternalSeal.ts`.
 */
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import * as Utf8 from "../Utf8.ts"
import type { Owner } from "./Lender.ts"

/** The version that Keystead writes: 2 where a key in a custom key store is the outer of two. */
const versionOf = ({ externalKey }: Owner): number => externalKey === undefined ? 1 : 2

/** Bytes of the salt of each ciphertext. */
export const saltLength = 16

/** Bytes of the key commitment. */
export const commitmentLength = 32

/** Bytes of a key material id. */
export const materialIdLength = 32

/** Bytes of the AES-GCM tag at the end. */
export const tagLength = 16

/** A blob, taken apart. The arrays are views of the blob. */
export interface CiphertextBlob {
  readonly account: string
  readonly keyId: string
  /** 64 hexadecimal digits. */
  readonly materialId: string
  readonly salt: Uint8Array
  readonly commitment: Uint8Array
  /** All that comes before the ciphertext: part of the additional authenticated data. */
  readonly header: Uint8Array
  /** `ciphertext || tag`; in version 2, what the external key made of them. */
  readonly sealed: Uint8Array
}

/** The part of the header that is the same for every ciphertext of one key material: up to and including its id. */
export const prefix = (owner: Owner, materialId: string): Uint8Array => {
  const reference = Utf8.encode(`${owner.account}/${owner.keyId}`)
  const bytes = new Uint8Array(2 + reference.length + materialIdLength)
  bytes[0] = versionOf(owner)
  bytes[1] = reference.length
  bytes.set(reference, 2)
  bytes.set(hexToBytes(materialId), 2 + reference.length)
  return bytes
}

const referencePattern = /^(\d{12})\/([0-9a-z-]+)$/

/** Takes a blob apart; nothing if it is not one. It checks the form only, not that it is authentic. */
export const parse = (blob: Uint8Array): CiphertextBlob | undefined => {
  const [blobVersion, referenceLength] = blob
  if ((blobVersion !== 1 && blobVersion !== 2) || referenceLength === undefined) return undefined
  const materialStart = 2 + referenceLength
  const saltStart = materialStart + materialIdLength
  const commitmentStart = saltStart + saltLength
  const headerLength = commitmentStart + commitmentLength
  if (blob.length < headerLength + tagLength) return undefined
  const reference = referencePattern.exec(Utf8.decode(blob.subarray(2, materialStart)) ?? "")
  if (reference === null) return undefined
  const [, account = "", keyId = ""] = reference
  return {
    account,
    keyId,
    materialId: bytesToHex(blob.subarray(materialStart, saltStart)),
    salt: blob.subarray(saltStart, commitmentStart),
    commitment: blob.subarray(commitmentStart, headerLength),
    header: blob.subarray(0, headerLength),
    sealed: blob.subarray(headerLength)
  }
}
