/** Encrypting and decrypting under a KMS key: its current material for the one, the blob's own for the other. */
import * as Effect from "effect/Effect"
import * as EncryptionContext from "../domain/EncryptionContext.ts"
import { currentMaterial, type KeyRecord } from "../domain/KeyRecord.ts"
import { needAlgorithm, needUsage } from "../domain/KeyUse.ts"
import { IncorrectKeyException, InvalidCiphertextException } from "../Errors.ts"
import { Carried } from "../groups/Carried.ts"
import type { LoadedKey } from "../operations/Operation.ts"
import * as Ciphertext from "./Ciphertext.ts"
import type { CiphertextBlob } from "./CiphertextBlob.ts"
import type { Decrypted, Encrypted, How } from "./KeyCipher.ts"
import { KeyMaterials } from "./KeyMaterials.ts"
import { unavailable } from "./OfKind.ts"

/** A key as it is used: one in a custom key store encrypts with both its halves, the one around the other. */
export type UsableKey = Pick<LoadedKey, "record" | "external">

/** The algorithm where a request names none. */
export const defaultAlgorithm = "SYMMETRIC_DEFAULT"

/** How to encrypt under a key that is not one of Keystead's own symmetric ones. */
const otherCipher = Effect.fnUntraced(function*(key: KeyRecord) {
  return (yield* Carried).cipher(key) ?? (key.keySpec === defaultAlgorithm ? undefined : yield* unavailable(key))
})

/** The way to encrypt that is not Keystead's own, if there is one, for a request that fits the key. */
export const check = Effect.fnUntraced(function*(key: KeyRecord, how: How) {
  yield* needUsage(key, "ENCRYPT_DECRYPT", how.operation)
  const other = yield* otherCipher(key)
  if (other === undefined) yield* needAlgorithm(key, how.algorithm ?? defaultAlgorithm, [defaultAlgorithm])
  else yield* other.check(key, how)
  return { other, context: yield* Effect.fromResult(EncryptionContext.serialize(how.context)) }
})

/** A ciphertext under the key's current material. */
export const encrypt = Effect.fnUntraced(
  function*({ external, record: key }: UsableKey, how: How, plaintext: Uint8Array) {
    const { context, other } = yield* check(key, how)
    if (other !== undefined) return yield* other.encrypt(key, how, plaintext)
    const material = currentMaterial(key)
    const blob = yield* (yield* KeyMaterials).use(
      key,
      material,
      (prepared) => Ciphertext.seal(prepared, context, plaintext)
    )
    const made: Encrypted = external === undefined
      ? { blob, materialId: material.id }
      : { blob: yield* external.wrap(blob, context, how.operation) }
    return made
  }
)

const incorrectKey = () =>
  new IncorrectKeyException({
    message: "The key ID in the request does not identify a CMK that can perform this operation."
  })

/** IncorrectKeyException of an HMAC key, which beats every other refusal of it to decrypt. Source: kms-semantics 2.13. */
export const needDecrypting = ({ keyUsage }: KeyRecord) =>
  keyUsage === "GENERATE_VERIFY_MAC" ? Effect.fail(incorrectKey()) : Effect.void

/** The same as `check`, for a request to decrypt. */
export const checkSource = (key: KeyRecord, how: How) => Effect.andThen(needDecrypting(key), check(key, how))

/** The ciphertext's own material, if the ciphertext is this key's: it is bound to the key's id, not only to material. */
const ownMaterial = (key: KeyRecord, blob: CiphertextBlob) => {
  if (blob.keyId !== key.keyId || blob.account !== key.account) return Effect.fail(incorrectKey())
  const material = key.materials.find(({ id }) => id === blob.materialId)
  return material === undefined ? Effect.fail(new InvalidCiphertextException()) : Effect.succeed(material)
}

/**
 * The plaintext of the key's own ciphertext, and the id of the material it was made with. InvalidCiphertextException,
 * without a word more, for anything else; IncorrectKeyException for another key's blob. `blob` is the ciphertext taken
 * apart, if it has the form of a symmetric one.
 */
export const decrypt = Effect.fnUntraced(
  function*({ external, record: key }: UsableKey, how: How, ciphertext: Uint8Array, blob: CiphertextBlob | undefined) {
    const { context, other } = yield* checkSource(key, how)
    if (other !== undefined) return yield* other.decrypt(key, how, ciphertext)
    if (blob === undefined) return yield* new InvalidCiphertextException()
    const material = yield* ownMaterial(key, blob)
    const inner = external === undefined
      ? blob
      : { ...blob, sealed: yield* external.unwrap(blob, context, how.operation) }
    const plaintext = yield* Effect.catchTag(
      (yield* KeyMaterials).use(key, material, (prepared) => Ciphertext.open(prepared, context, inner)),
      "NotAuthentic",
      () => Effect.fail(new InvalidCiphertextException())
    )
    const opened: Decrypted = external === undefined ? { plaintext, materialId: material.id } : { plaintext }
    return opened
  }
)
