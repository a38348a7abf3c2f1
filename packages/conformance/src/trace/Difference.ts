/** Where two traces part. */
import type { Traced } from "./Trace.ts"

/** The number of the first call after which the digests differ; undefined if none does. */
export const firstDifference = (left: Pick<Traced, "steps">, right: Pick<Traced, "steps">): number | undefined => {
  const length = Math.max(left.steps.length, right.steps.length)
  for (let index = 0; index < length; index++) if (left.steps[index] !== right.steps[index]) return index
  return undefined
}
