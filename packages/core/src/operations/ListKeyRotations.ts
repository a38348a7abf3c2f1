import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expirationMembers, expirationOf } from "../domain/Expiration.ts"
import { canPromote, type KeyMaterial, type KeyRecord } from "../domain/KeyRecord.ts"
import { flag, keyId, limit, list, marker, oneOf, optional, text, timestamp, told } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { importedMaterials } from "../lifecycle/Advance.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needRotatable } from "./internal/Rotation.ts"
import { type LoadedKey, operation, reply } from "./Operation.ts"

const entry = Schema.Struct({
  KeyId: optional(text({})),
  KeyMaterialId: optional(text({})),
  KeyMaterialDescription: optional(text({})),
  ImportState: optional(told<["IMPORTED", "PENDING_IMPORT"]>()),
  KeyMaterialState: optional(told<[
    "NON_CURRENT",
    "CURRENT",
    "PENDING_ROTATION",
    "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
  ]>()),
  ...expirationMembers,
  RotationDate: optional(timestamp),
  RotationType: optional(told<["AUTOMATIC", "ON_DEMAND"]>())
})

/**
 * Materials never leave a key, but for the pending one, which is the last: so their position names them; padded, so that
 * names sort as positions do.
 */
const positioned = (key: KeyRecord) =>
  importedMaterials(key).map((material, index) => ({ material, name: String(index).padStart(8, "0") }))

const stateOf = (key: KeyRecord, material: KeyMaterial) => {
  if (material === key.pendingMaterial) {
    return canPromote(key) ? "PENDING_ROTATION" : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
  }
  return material === key.materials.at(-1) ? "CURRENT" : "NON_CURRENT"
}

/** What only imported material has to tell. */
const describeImported = (key: KeyRecord, material: KeyMaterial) =>
  key.origin !== "EXTERNAL" ? {} : {
    ImportState: material.wrapped === undefined ? "PENDING_IMPORT" as const : "IMPORTED" as const,
    ...(material.description === undefined ? {} : { KeyMaterialDescription: material.description }),
    ...expirationOf(key, [material])
  }

const describe = ({ record }: LoadedKey, material: KeyMaterial): typeof entry.Type => ({
  KeyId: record.keyId,
  KeyMaterialId: material.id,
  KeyMaterialState: stateOf(record, material),
  ...describeImported(record, material),
  ...(material.rotation === undefined
    ? {}
    : { RotationDate: new Date(material.rotation.date), RotationType: material.rotation.type })
})

/** Lists the rotations of a KMS key, oldest first; with ALL_KEY_MATERIAL also the materials that came by none. */
export const ListKeyRotations = operation({
  name: "ListKeyRotations",
  readOnly: true,
  input: Schema.Struct({
    KeyId: keyId,
    IncludeKeyMaterial: optional(oneOf(["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"])),
    Limit: limit(1000),
    Marker: marker
  }),
  output: Schema.Struct({
    Rotations: optional(list(entry)),
    NextMarker: optional(text({})),
    Truncated: optional(flag)
  }),
  states: row({
    Enabled: "proceeds",
    Disabled: "proceeds",
    PendingDeletion: "proceeds",
    PendingImport: "proceeds",
    Unavailable: "UnsupportedOperationException",
    Creating: "proceeds",
    Updating: "proceeds"
  }),
  ...manageKey("kms:ListKeyRotations"),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    yield* needRotatable(key)
    const listing = Page.listing("ListKeyRotations", key.record, key.arn)
    const after = yield* Page.start(listing, input.Marker)
    const all = input.IncludeKeyMaterial === "ALL_KEY_MATERIAL"
    const listed = positioned(key.record).filter(({ material }) => all || material.rotation !== undefined)
    const page = Page.of(listed, ({ name }) => name, after, input.Limit ?? 100)
    return reply({
      Rotations: page.items.map(({ material }) => describe(key, material)),
      ...yield* Page.ending(listing, page.next)
    })
  })
})
