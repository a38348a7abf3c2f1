import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId, optional, text } from "../domain/Members.ts"
import { NotFoundException, UnsupportedOperationException } from "../Errors.ts"
import { importedMaterials, withoutMaterials } from "../lifecycle/Advance.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { materialId } from "./internal/MaterialId.ts"
import { needOrigin } from "./internal/Rotation.ts"
import { change, operation } from "./Operation.ts"

/** Deletes imported key material. The KMS key cannot be used until the same is imported again. */
export const DeleteImportedKeyMaterial = operation({
  name: "DeleteImportedKeyMaterial",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, KeyMaterialId: optional(materialId) }),
  output: Schema.Struct({ KeyId: optional(text({})), KeyMaterialId: optional(text({})) }),
  states: row({
    Enabled: "becomes PendingImport",
    Disabled: "becomes PendingImport",
    PendingDeletion: "proceeds",
    PendingImport: "proceeds",
    Unavailable: "UnsupportedOperationException",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  ...manageKey("kms:DeleteImportedKeyMaterial"),
  // The row tells of material that belongs to the key for good: what is pending its rotation leaves the state as it is.
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    yield* needOrigin(key, "EXTERNAL")
    const { arn, record } = key
    const symmetric = record.keySpec === "SYMMETRIC_DEFAULT"
    if (input.KeyMaterialId !== undefined && !symmetric) {
      return yield* new UnsupportedOperationException({
        message: `KeyMaterialId is for symmetric keys only: ${arn} has one key material.`
      })
    }
    const id = input.KeyMaterialId ?? record.materials.at(-1)?.id
    if (id === undefined) return change({ KeyId: arn }, key, record)
    if (!importedMaterials(record).some((material) => material.id === id)) {
      return yield* new NotFoundException({ message: `The key material (id: ${id}) is not associated with ${arn}.` })
    }
    const told = symmetric ? { KeyMaterialId: id } : {}
    return change({ KeyId: arn, ...told }, key, withoutMaterials(record, (material) => material.id === id))
  })
})
