/**
 * What time does to a KMS key. A record and `now` tell the state, so that nothing depends on a timer having run: the end
 * of a deletion window and the expiry of imported material are computed when the key is looked at, and rotations that fell
 * due are known, each with its date.
 */
import { day, isReplica, type KeyMaterial, type KeyRecord, lacksMaterial, restingState } from "../domain/KeyRecord.ts"

/** Whether the deletion window of the key has ended: then it is gone, with its material, aliases and tags. */
export const isGone = (key: KeyRecord, now: number): boolean =>
  key.deletion?.date !== undefined && key.deletion.date <= now

/**
 * The dates of the automatic rotations that have fallen due by `now`, in milliseconds, oldest first. Only Enabled keys
 * rotate: what falls due while a key is disabled waits, and happens once, when it is enabled again. A replica's rotations
 * are its primary's.
 */
export const overdueRotations = (key: KeyRecord, now: number): ReadonlyArray<number> => {
  const dates: Array<number> = []
  if (key.automaticRotation === undefined || restingState(key) !== "Enabled" || isReplica(key)) return dates
  const period = key.automaticRotation.periodInDays * day
  for (let date = key.automaticRotation.next; date <= now; date += period) dates.push(date)
  return dates
}

/**
 * The key without the imported materials that go. What belongs to it for good leaves its id behind, and the key, unless it
 * is pending its deletion, waits until all is imported again; what was pending its rotation leaves nothing, but for
 * replicas, which still know what their primary has.
 *
 * Source: AWS KMS API, DeleteImportedKeyMaterial and KeyMaterialState; kms-semantics 2.7.
 */
export const withoutMaterials = (
  { pendingMaterial, ...key }: KeyRecord,
  goes: (material: KeyMaterial) => boolean
): KeyRecord => {
  const left = (material: KeyMaterial): KeyMaterial => {
    const { validTo: _, wrapped: _gone, ...known } = material
    return goes(material) ? known : material
  }
  const stays = pendingMaterial !== undefined && (isReplica(key) || !goes(pendingMaterial))
  const without: KeyRecord = {
    ...key,
    ...(stays ? { pendingMaterial: left(pendingMaterial) } : {}),
    materials: key.materials.map(left)
  }
  return lacksMaterial(without) && !key.state.endsWith("Deletion") ? { ...without, state: "PendingImport" } : without
}

/** The materials of the key that are or were imported, the pending one too. */
export const importedMaterials = ({ materials, pendingMaterial }: KeyRecord): ReadonlyArray<KeyMaterial> =>
  pendingMaterial === undefined ? materials : [...materials, pendingMaterial]

/** The key as it stands at `now`, in milliseconds: without imported material that has expired. The same one, if none has. */
export const advance = (key: KeyRecord, now: number): KeyRecord => {
  const hasExpired = ({ validTo = Infinity }: KeyMaterial) => validTo <= now
  return key.origin === "EXTERNAL" && importedMaterials(key).some(hasExpired) ? withoutMaterials(key, hasExpired) : key
}

/** Whether the replica's primary may have rotated by `now`, so that it is to be looked at first. */
export const mayBeBehind = (key: KeyRecord, now: number): boolean =>
  isReplica(key) && key.automaticRotation !== undefined && key.automaticRotation.next <= now

/** When something must next happen to the key by itself, in milliseconds. */
export const nextEvent = (key: KeyRecord): number | undefined => {
  const first = Math.min(
    key.deletion?.date ??
      (restingState(key) === "Enabled" && !isReplica(key) ? key.automaticRotation?.next : undefined) ?? Infinity,
    ...importedMaterials(key).map(({ validTo = Infinity }) => validTo)
  )
  return first === Infinity ? undefined : first
}

/** The key as it goes on after EnableKey: a rotation that was missed happens now, and the next a period from now. */
export const resumeRotation = (key: KeyRecord, now: number): KeyRecord =>
  key.automaticRotation === undefined || key.automaticRotation.next > now || isReplica(key)
    ? key
    : { ...key, automaticRotation: { ...key.automaticRotation, next: now } }
