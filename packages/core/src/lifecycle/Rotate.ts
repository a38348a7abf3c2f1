/** Giving a key new material. The older ones stay for ever, to decrypt what they encrypted. */
import * as Effect from "effect/Effect"
import { KeyMaterials } from "../crypto/KeyMaterials.ts"
import { canPromote, day, type KeyRecord } from "../domain/KeyRecord.ts"

/** The key with new current material, made at `date` (milliseconds). */
export const rotate = Effect.fnUntraced(function*(key: KeyRecord, date: number, type: "AUTOMATIC" | "ON_DEMAND") {
  const made = yield* (yield* KeyMaterials).create(key)
  const rotated: KeyRecord = { ...key, materials: [...key.materials, { ...made, rotation: { date, type } }] }
  return rotated
})

/** The key with its pending imported material as the current one, at `date` (milliseconds); undefined if none can be. */
export const promote = (key: KeyRecord, date: number): KeyRecord | undefined => {
  const { pendingMaterial, ...record } = key
  return pendingMaterial !== undefined && canPromote(key)
    ? { ...record, materials: [...key.materials, { ...pendingMaterial, rotation: { date, type: "ON_DEMAND" } }] }
    : undefined
}

/** The key after the automatic rotations of these dates, with the next a period after the last. */
export const rotateAutomatically = Effect.fnUntraced(function*(key: KeyRecord, dates: ReadonlyArray<number>) {
  let rotated = key
  for (const date of dates) rotated = yield* rotate(rotated, date, "AUTOMATIC")
  const last = dates.at(-1)
  if (key.automaticRotation === undefined || last === undefined) return rotated
  const next = last + key.automaticRotation.periodInDays * day
  return { ...rotated, automaticRotation: { ...key.automaticRotation, next } }
})
