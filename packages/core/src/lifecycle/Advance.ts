/**
 * What time does to a KMS key. A record and `now` tell the state, so that nothing depends on a timer having run: the end
 * of a deletion window is computed when the key is looked at, and rotations that fell due are known, each with its date.
 */
import { day, type KeyRecord } from "../domain/KeyRecord.ts"

/** Whether the deletion window of the key has ended: then it is gone, with its material, aliases and tags. */
export const isGone = (key: KeyRecord, now: number): boolean => key.deletion !== undefined && key.deletion.date <= now

/**
 * The dates of the automatic rotations that have fallen due by `now`, in milliseconds, oldest first. Only Enabled keys
 * rotate: what falls due while a key is disabled waits, and happens once, when it is enabled again.
 */
export const overdueRotations = (key: KeyRecord, now: number): ReadonlyArray<number> => {
  const dates: Array<number> = []
  if (key.automaticRotation === undefined || key.state !== "Enabled") return dates
  const period = key.automaticRotation.periodInDays * day
  for (let date = key.automaticRotation.next; date <= now; date += period) dates.push(date)
  return dates
}

/** When something must next happen to the key by itself, in milliseconds. */
export const nextEvent = (key: KeyRecord): number | undefined =>
  key.deletion?.date ?? (key.state === "Enabled" ? key.automaticRotation?.next : undefined)

/** The key as it goes on after EnableKey: a rotation that was missed happens now, and the next a period from now. */
export const resumeRotation = (key: KeyRecord, now: number): KeyRecord =>
  key.automaticRotation === undefined || key.automaticRotation.next > now
    ? key
    : { ...key, automaticRotation: { ...key.automaticRotation, next: now } }
