/** The life of a key on a line of time: its materials, one after the other, and what is to come. */
import { engine } from "../../state/Engine.ts"
import type { KnownKey } from "../../state/Keys.ts"
import { everyPage } from "../../state/Pages.ts"

/** A key material, from when on it was the current one. */
export interface Material {
  readonly id: string
  readonly from: Date
  /** When the next took its place. */
  readonly until: Date | undefined
  /** Why it came: with the key, on a date that came, or because somebody asked. */
  readonly why: "created" | "automatic" | "on demand"
}

/** All that the drawing needs. */
export interface Life {
  /** The oldest first. */
  readonly materials: ReadonlyArray<Material>
  readonly nextRotation: Date | undefined
  readonly rotates: boolean
  readonly periodInDays: number | undefined
  readonly deletion: Date | undefined
}

const whys = { AUTOMATIC: "automatic", ON_DEMAND: "on demand" } as const

const rotationsOf = async (KeyId: string) => {
  const pages = await everyPage((Marker) =>
    engine.call("ListKeyRotations", { KeyId, Marker, IncludeKeyMaterial: "ALL_KEY_MATERIAL" })
  )
  return pages.flatMap(({ Rotations = [] }) => Rotations)
}

const materialsOf = async ({ metadata }: KnownKey): Promise<ReadonlyArray<Material>> => {
  const created = metadata.CreationDate ?? new Date(0)
  const starts = (await rotationsOf(metadata.KeyId)).map(({ KeyMaterialId = "", RotationDate, RotationType }) => ({
    id: KeyMaterialId,
    from: RotationDate ?? created,
    why: RotationType === undefined ? "created" as const : whys[RotationType]
  })).toSorted((left, right) => left.from.getTime() - right.from.getTime())
  return starts.map((start, index) => ({ ...start, until: starts[index + 1]?.from }))
}

const alone = ({ metadata }: KnownKey): ReadonlyArray<Material> => [
  { id: "", from: metadata.CreationDate ?? new Date(0), until: undefined, why: "created" }
]

/** Only symmetric keys rotate, and only who may ask is told: others have the material that they were made with. */
export const lifeOf = async (known: KnownKey): Promise<Life> => {
  const { DeletionDate: deletion, KeyId } = known.metadata
  const still = { materials: alone(known), nextRotation: undefined, rotates: false, periodInDays: undefined, deletion }
  if (known.metadata.KeySpec !== "SYMMETRIC_DEFAULT") return still
  const status = await engine.call("GetKeyRotationStatus", { KeyId }).catch(() => undefined)
  const materials = await materialsOf(known).catch(() => [])
  return {
    ...still,
    materials: materials.length === 0 ? still.materials : materials,
    nextRotation: status?.NextRotationDate,
    rotates: status?.KeyRotationEnabled ?? false,
    periodInDays: status?.RotationPeriodInDays
  }
}
