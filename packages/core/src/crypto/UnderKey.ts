/** Encrypting and decrypting under a KMS key: its current material for the one, the blob's own for the other. */
import * as Effect from "effect/Effect"
import { currentMaterial, type KeyRecord } from "../domain/KeyRecord.ts"
import { InvalidCiphertextException, InvalidKeyUsageException } from "../Errors.ts"
import * as Ciphertext from "./Ciphertext.ts"
import type { CiphertextBlob } from "./CiphertextBlob.ts"
import { KeyMaterials } from "./KeyMaterials.ts"

/** A ciphertext blob under the key's current material, and that material's id. */
export const encrypt = Effect.fnUntraced(function*(key: KeyRecord, context: Uint8Array, plaintext: Uint8Array) {
  const material = currentMaterial(key)
  const blob = yield* (yield* KeyMaterials).use(
    key,
    material,
    (prepared) => Ciphertext.seal(prepared, context, plaintext)
  )
  return { blob, materialId: material.id }
})

/** The plaintext of the key's own blob; InvalidCiphertextException, without a word more, for anything else. */
export const decrypt = Effect.fnUntraced(function*(key: KeyRecord, context: Uint8Array, blob: CiphertextBlob) {
  const material = key.materials.find(({ id }) => id === blob.materialId)
  if (material === undefined) return yield* new InvalidCiphertextException()
  const materials = yield* KeyMaterials
  return yield* Effect.catchTag(
    materials.use(key, material, (prepared) => Ciphertext.open(prepared, context, blob)),
    "NotAuthentic",
    () => Effect.fail(new InvalidCiphertextException())
  )
})

/** Refuses an algorithm that does not fit a symmetric key. */
export const needAlgorithm = (key: KeyRecord, algorithm: string = "SYMMETRIC_DEFAULT") =>
  algorithm === "SYMMETRIC_DEFAULT" ? Effect.void : Effect.fail(
    new InvalidKeyUsageException({ message: `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.` })
  )
