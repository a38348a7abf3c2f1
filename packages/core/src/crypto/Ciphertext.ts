/**
 * Encrypting small data directly under a KMS key's material.
 *
 * For each ciphertext a fresh random 128-bit salt and the KDF in counter mode (NIST SP 800-108r1 section 4.1, as AWS KMS
 * publishes for itself) give an AES-256-GCM key, its nonce, and a key commitment. So random nonces never run out, and
 * a ciphertext opens under one key only. Source: design, "Cryptography"; docs/formats.md.
 */
import * as Effect from "effect/Effect"
import * as Utf8 from "../Utf8.ts"
import * as CiphertextBlob from "./CiphertextBlob.ts"
import { constantTimeEquals } from "./ConstantTime.ts"
import { Crypto, type Derivation, NotAuthentic } from "./Crypto.ts"

/** Key material that is ready for use. */
export interface PreparedMaterial {
  readonly derivation: Derivation
  /** `CiphertextBlob.prefix` of the key and material. */
  readonly prefix: Uint8Array
}

const keyLength = 32
const nonceLength = 12
const derivedLength = keyLength + nonceLength + CiphertextBlob.commitmentLength

/** SP 800-108's fixed input: `Label || 0x00 || Context || [L]₃₂`, with the salt as the context and L in bits. */
const fixedInputs = (() => {
  const label = Utf8.encode("Keystead ciphertext 1")
  const saltStart = label.length + 1
  const template = new Uint8Array(saltStart + CiphertextBlob.saltLength + 4)
  template.set(label)
  new DataView(template.buffer).setUint32(saltStart + CiphertextBlob.saltLength, derivedLength * 8)
  return (salt: Uint8Array): Uint8Array => {
    const input = template.slice()
    input.set(salt, saltStart)
    return input
  }
})()

const keyOf = (derived: Uint8Array) => derived.subarray(0, keyLength)
const nonceOf = (derived: Uint8Array) => derived.subarray(keyLength, keyLength + nonceLength)
const commitmentOf = (derived: Uint8Array) => derived.subarray(keyLength + nonceLength)

/** The additional authenticated data: header and encryption context. */
const authenticated = (header: Uint8Array, context: Uint8Array): Uint8Array => {
  if (context.length === 0) return header
  const bytes = new Uint8Array(header.length + context.length)
  bytes.set(header)
  bytes.set(context, header.length)
  return bytes
}

/**
 * A ciphertext blob of the plaintext, bound to the key, the material and the canonical encryption context. Nothing
 * interrupts it before its keys are overwritten.
 */
export const seal = Effect.fnUntraced(function*(
  material: PreparedMaterial,
  context: Uint8Array,
  plaintext: Uint8Array
) {
  const crypto = yield* Crypto
  const salt = yield* crypto.randomBytes(CiphertextBlob.saltLength)
  const derived = yield* material.derivation.derive(fixedInputs(salt), derivedLength)
  const { prefix } = material
  const commitmentStart = prefix.length + CiphertextBlob.saltLength
  const headerLength = commitmentStart + CiphertextBlob.commitmentLength
  const blob = new Uint8Array(headerLength + plaintext.length + CiphertextBlob.tagLength)
  blob.set(prefix)
  blob.set(salt, prefix.length)
  blob.set(commitmentOf(derived), commitmentStart)
  const cipher = yield* crypto.aesGcm(keyOf(derived))
  const aad = authenticated(blob.subarray(0, headerLength), context)
  const { ciphertext, tag } = yield* cipher.sealDetached(nonceOf(derived), aad, plaintext)
  derived.fill(0)
  blob.set(ciphertext, headerLength)
  blob.set(tag, headerLength + ciphertext.length)
  return blob
}, Effect.uninterruptible)

/**
 * The plaintext of a blob, or NotAuthentic if any bit of blob or context differs from what was sealed. Nothing interrupts
 * it before its keys are overwritten.
 */
export const open = Effect.fnUntraced(function*(
  material: PreparedMaterial,
  context: Uint8Array,
  blob: CiphertextBlob.CiphertextBlob
) {
  const crypto = yield* Crypto
  const derived = yield* material.derivation.derive(fixedInputs(blob.salt), derivedLength)
  if (!constantTimeEquals(commitmentOf(derived), blob.commitment)) {
    derived.fill(0)
    return yield* new NotAuthentic()
  }
  const cipher = yield* crypto.aesGcm(keyOf(derived))
  const opened = yield* Effect.onExit(
    cipher.open(nonceOf(derived), authenticated(blob.header, context), blob.sealed),
    () => Effect.sync(() => derived.fill(0))
  )
  return opened
}, Effect.uninterruptible)
