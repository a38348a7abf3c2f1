/** Encrypting and decrypting under a KMS key: its current material for the one, the blob's own for the other. */
import * as Effect from "effect/Effect"
import * as EncryptionContext from "../domain/EncryptionContext.ts"
import { currentMaterial, type KeyRecord } from "../domain/KeyRecord.ts"
import { familyOf, needAlgorithm, needUsage } from "../domain/KeyUse.ts"
import { IncorrectKeyException, InvalidCiphertextException, ValidationException } from "../Errors.ts"
import * as Ciphertext from "./Ciphertext.ts"
import type { CiphertextBlob } from "./CiphertextBlob.ts"
import { KeyMaterials } from "./KeyMaterials.ts"
import { kindOf } from "./OfKind.ts"
import * as UnderKeyPair from "./UnderKeyPair.ts"

/** How a request asks to encrypt or decrypt. */
export interface How {
  readonly algorithm: string | undefined
  readonly context: EncryptionContext.EncryptionContext | undefined
  /** The operation's name, for the refusal of a key of another usage. */
  readonly operation: string
}

/** The algorithm where a request names none. */
export const defaultAlgorithm = "SYMMETRIC_DEFAULT"

/** Encrypted bytes, and the material they were made with, which only symmetric keys tell. */
export interface Encrypted {
  readonly blob: Uint8Array
  readonly materialId?: string
}

const algorithmsOf = (key: KeyRecord) =>
  key.keySpec === "SYMMETRIC_DEFAULT"
    ? Effect.succeed([defaultAlgorithm])
    : Effect.map(kindOf(key), ({ usages }) => usages.ENCRYPT_DECRYPT)

/**
 * The context as it is bound, if the request fits the key: its usage, an algorithm of its spec, and no context where
 * nothing could bind it.
 */
export const contextFor = Effect.fnUntraced(function*(key: KeyRecord, { algorithm, context, operation }: How) {
  yield* needUsage(key, "ENCRYPT_DECRYPT", operation)
  yield* needAlgorithm(key, algorithm ?? defaultAlgorithm, yield* algorithmsOf(key))
  if (context !== undefined && key.keySpec !== "SYMMETRIC_DEFAULT") {
    return yield* new ValidationException({
      message: "An encryption context is for symmetric keys only: call without EncryptionContext."
    })
  }
  return yield* Effect.fromResult(EncryptionContext.serialize(context))
})

/** A ciphertext under the key's current material. */
export const encrypt = Effect.fnUntraced(function*(key: KeyRecord, how: How, plaintext: Uint8Array) {
  const context = yield* contextFor(key, how)
  if (how.algorithm !== undefined && how.algorithm !== defaultAlgorithm) {
    const made: Encrypted = { blob: yield* UnderKeyPair.encrypt(key, how.algorithm, plaintext) }
    return made
  }
  const material = currentMaterial(key)
  const blob = yield* (yield* KeyMaterials).use(
    key,
    material,
    (prepared) => Ciphertext.seal(prepared, context, plaintext)
  )
  const made: Encrypted = { blob, materialId: material.id }
  return made
})

const incorrectKey = () =>
  new IncorrectKeyException({
    message: "The key ID in the request does not identify a CMK that can perform this operation."
  })

/** The ciphertext's own material, if the ciphertext is this key's: it is bound to the key's id, not only to material. */
const ownMaterial = (key: KeyRecord, blob: CiphertextBlob) => {
  if (blob.keyId !== key.keyId || blob.account !== key.account) return Effect.fail(incorrectKey())
  const material = key.materials.find(({ id }) => id === blob.materialId)
  return material === undefined ? Effect.fail(new InvalidCiphertextException()) : Effect.succeed(material)
}

/**
 * The plaintext of the key's own ciphertext, and the id of the material it was made with. InvalidCiphertextException,
 * without a word more, for anything else; IncorrectKeyException for another key's blob.
 *
 * @param blob - the ciphertext taken apart, if it has the form of a symmetric one
 */
export const decrypt = (key: KeyRecord, how: How, ciphertext: Uint8Array, blob: CiphertextBlob | undefined) =>
  Effect.catchTag(
    open(key, how, ciphertext, blob),
    "NotAuthentic",
    () => Effect.fail(new InvalidCiphertextException())
  )

/** Plain bytes, and the material that their ciphertext was made with, which only symmetric keys tell. */
export interface Decrypted {
  readonly plaintext: Uint8Array
  readonly materialId?: string
}

const open = Effect.fnUntraced(
  function*(key: KeyRecord, how: How, ciphertext: Uint8Array, blob: CiphertextBlob | undefined) {
    if (familyOf(key.keySpec) === "HMAC") return yield* incorrectKey()
    const context = yield* contextFor(key, how)
    if (how.algorithm !== undefined && how.algorithm !== defaultAlgorithm) {
      const opened: Decrypted = { plaintext: yield* UnderKeyPair.decrypt(key, how.algorithm, ciphertext) }
      return opened
    }
    if (blob === undefined) return yield* new InvalidCiphertextException()
    const material = yield* ownMaterial(key, blob)
    const plaintext = yield* (yield* KeyMaterials).use(
      key,
      material,
      (prepared) => Ciphertext.open(prepared, context, blob)
    )
    const opened: Decrypted = { plaintext, materialId: material.id }
    return opened
  }
)
