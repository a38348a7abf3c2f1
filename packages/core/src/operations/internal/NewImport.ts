/** What a request to import asks for, beside the material itself, and where in the key the material belongs. */
import * as Effect from "effect/Effect"
import { day, isReplica, type KeyMaterial, type KeyRecord, lacksMaterial } from "../../domain/KeyRecord.ts"
import {
  IncorrectKeyMaterialException,
  KMSInvalidStateException,
  UnsupportedOperationException,
  ValidationException
} from "../../Errors.ts"
import { importedMaterials } from "../../lifecycle/Advance.ts"
import type { LoadedKey } from "../Operation.ts"

/** What a request says of the material that it imports. */
export interface Said {
  readonly ValidTo?: Date | undefined
  readonly ExpirationModel?: string | undefined
  readonly ImportType?: "NEW_KEY_MATERIAL" | "EXISTING_KEY_MATERIAL" | undefined
  readonly KeyMaterialDescription?: string | undefined
  readonly KeyMaterialId?: string | undefined
}

/** The expiration model where a request names none. */
export const defaultModel = "KEY_MATERIAL_EXPIRES"

/** Material expires at most so many days from now. Source: AWS KMS API, ImportKeyMaterial. */
const longestValidity = 365

const invalid = (message: string) => Effect.fail(new ValidationException({ message }))

/** When the material expires, in milliseconds; undefined if it does not. */
export const validityOf = ({ ExpirationModel: model = defaultModel, ValidTo }: Said, now: number) => {
  if (model !== defaultModel) {
    return ValidTo === undefined
      ? Effect.undefined
      : invalid(`A validTo date must not be set if the ExpirationModel is ${model}`)
  }
  if (ValidTo === undefined) {
    return invalid("A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES")
  }
  const validTo = ValidTo.getTime()
  return validTo > now && validTo <= now + longestValidity * day
    ? Effect.succeed(validTo)
    : invalid(`The validTo date must be in the future, and at most ${longestValidity} days from now`)
}

/** Refuses what is for symmetric keys only, and an id for material that is new. */
export const needFitting = ({ arn, record: { keySpec } }: LoadedKey, said: Said) => {
  const given = said.ImportType ?? said.KeyMaterialDescription ?? said.KeyMaterialId
  if (given !== undefined && keySpec !== "SYMMETRIC_DEFAULT") {
    return Effect.fail(
      new UnsupportedOperationException({
        message: `ImportType, KeyMaterialDescription and KeyMaterialId are for symmetric keys only, not for ${arn}.`
      })
    )
  }
  return said.ImportType === "NEW_KEY_MATERIAL" && said.KeyMaterialId !== undefined
    ? invalid("A KeyMaterialId must not be given with the ImportType NEW_KEY_MATERIAL: new material has its own.")
    : Effect.void
}

const incorrect = (message: string) => Effect.fail(new IncorrectKeyMaterialException({ message }))

/** What the key has of this material already; undefined if it is new, and may be. */
export const placeOf = ({ arn, record }: LoadedKey, said: Said, id: string) => {
  const known = importedMaterials(record).find((material) => material.id === id)
  const first = record.materials.length === 0 && said.KeyMaterialId === undefined
  const isNew = said.ImportType === undefined ? first : said.ImportType === "NEW_KEY_MATERIAL"
  if (!isNew) {
    return known === undefined || (said.KeyMaterialId ?? id) !== id
      ? incorrect(`The key material is not one that was imported into ${arn} before, or not the one that was named.`)
      : Effect.succeed(known)
  }
  if (isReplica(record)) {
    return Effect.fail(
      new UnsupportedOperationException({
        message: `${arn} is not a multi-region primary key: import new key material into the primary key first.`
      })
    )
  }
  if (known !== undefined) return incorrect(`The key material (id: ${id}) is associated with ${arn} already.`)
  const pending = record.pendingMaterial
  return pending === undefined ? Effect.undefined : Effect.fail(
    new KMSInvalidStateException({
      message: `New key material (id: ${id}) cannot be imported into KMS key ${arn}, because another key material `
        + `(id: ${pending.id}) is pending rotation.`
    })
  )
}

/**
 * The key with the imported material: in its place if it has one, as the current one if it is the first, else pending its
 * rotation. A key that waited for its import is Enabled once it lacks nothing.
 */
export const withMaterial = (key: KeyRecord, material: KeyMaterial): KeyRecord => {
  const index = key.materials.findIndex(({ id }) => id === material.id)
  const place = index < 0 && key.materials.length === 0 ? 0 : index
  const imported: KeyRecord = place < 0
    ? { ...key, pendingMaterial: material }
    : { ...key, materials: key.materials.toSpliced(place, 1, material) }
  return key.state === "PendingImport" && !lacksMaterial(imported) ? { ...imported, state: "Enabled" } : imported
}
