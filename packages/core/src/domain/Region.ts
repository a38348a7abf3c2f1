/** Regions: the places where keys are. */
import { partitionOf } from "./Arn.ts"
import { type KeyRecord, restingState } from "./KeyRecord.ts"
import { patternedText } from "./Members.ts"

/** A Region's name in a request, such as `eu-west-1`. Source: the AWS KMS API model, RegionType. */
export const regionName = patternedText({ min: 1, max: 32 }, /^([a-z]+-){2,3}\d+$/)

/** Whether keys can be shared between the two: within one partition only. */
export const isShareable = (region: string, other: string): boolean => partitionOf(region) === partitionOf(other)

/** What the list of a multi-Region key's Regions says of a replica: when it goes, and whether it has the pending material. */
export const listed = ({ deletion, pendingMaterial, region }: KeyRecord) => ({
  region,
  ...(deletion?.date === undefined ? {} : { goes: deletion.date }),
  ...(pendingMaterial?.wrapped === undefined
    ? {}
    : { pending: pendingMaterial.validTo === undefined ? {} : { validTo: pendingMaterial.validTo } })
})

/** The record in a state that passes: at once unless it is to last for so many milliseconds from now on. */
export const settling = (
  key: KeyRecord,
  transient: "Creating" | "Updating",
  now: number,
  duration: number
): KeyRecord => {
  const { settles: _, ...record } = key
  const state = restingState(key)
  return duration > 0
    ? { ...record, state: transient, settles: { at: now + duration, state } }
    : { ...record, state }
}
