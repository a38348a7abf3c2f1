import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { KeyMaterial, KeyRecord } from "../domain/KeyRecord.ts"
import { currentMaterial } from "../domain/KeyRecord.ts"
import { flag, keyId, limit, list, marker, oneOf, optional, text, timestamp } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needRotatable } from "./internal/Rotation.ts"
import { type LoadedKey, operation, reply } from "./Operation.ts"

const entry = Schema.Struct({
  KeyId: optional(text({})),
  KeyMaterialId: optional(text({})),
  KeyMaterialDescription: optional(text({})),
  ImportState: optional(oneOf(["IMPORTED", "PENDING_IMPORT"])),
  KeyMaterialState: optional(oneOf([
    "NON_CURRENT",
    "CURRENT",
    "PENDING_ROTATION",
    "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
  ])),
  ExpirationModel: optional(oneOf(["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"])),
  ValidTo: optional(timestamp),
  RotationDate: optional(timestamp),
  RotationType: optional(oneOf(["AUTOMATIC", "ON_DEMAND"]))
})

/** Materials never leave a key, so their position names them; padded, so that names sort as positions do. */
const positioned = (key: KeyRecord) =>
  key.materials.map((material, index) => ({ material, name: String(index).padStart(8, "0") }))

const describe = (key: LoadedKey, { id, rotation }: KeyMaterial): typeof entry.Type => ({
  KeyId: key.record.keyId,
  KeyMaterialId: id,
  KeyMaterialState: currentMaterial(key.record).id === id ? "CURRENT" : "NON_CURRENT",
  ...(rotation === undefined ? {} : { RotationDate: new Date(rotation.date), RotationType: rotation.type })
})

/** Lists the rotations of a KMS key, oldest first; with ALL_KEY_MATERIAL also its first material, which came by none. */
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
    const after = yield* Effect.fromResult(Page.start("ListKeyRotations", input.Marker))
    const all = input.IncludeKeyMaterial === "ALL_KEY_MATERIAL"
    const listed = positioned(key.record).filter(({ material }) => all || material.rotation !== undefined)
    const page = Page.of(listed, ({ name }) => name, after, input.Limit ?? 100)
    return reply({
      Rotations: page.items.map(({ material }) => describe(key, material)),
      ...Page.ending("ListKeyRotations", page.next)
    })
  })
})
