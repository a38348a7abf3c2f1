/** Whether and when imported key material expires, as AWS's replies and requests say it. */
import type { KeyMaterial, KeyRecord } from "./KeyRecord.ts"
import { oneOf, optional, timestamp } from "./Members.ts"

/** Both members go together: the date is there where material expires, and only there. */
export const expirationMembers = {
  ExpirationModel: optional(oneOf(["KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"])),
  ValidTo: optional(timestamp)
}

/** The first date on which one of these materials of the key expires. Material that is not there says nothing. */
export const expirationOf = ({ origin }: KeyRecord, materials: ReadonlyArray<KeyMaterial>) => {
  if (origin !== "EXTERNAL" || materials.every(({ wrapped }) => wrapped === undefined)) return {}
  const first = Math.min(...materials.map(({ validTo = Infinity }) => validTo))
  return first === Infinity
    ? { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" } as const
    : { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: new Date(first) } as const
}
