/** Room for another KMS key. */
import * as Effect from "effect/Effect"
import type { Limits } from "../../domain/Limits.ts"
import { LimitExceededException } from "../../Errors.ts"
import type { Slot } from "../Operation.ts"

/** How many keys there are; LimitExceededException if there may be no more. */
export const needRoom = ({ content: keys = 0, place }: Slot<number>, limits: Limits) =>
  keys < limits.keysPerRegion ? Effect.succeed(keys) : Effect.fail(
    new LimitExceededException({
      message: `The account has ${keys} KMS keys in ${place.region}, which is its quota.`
    })
  )
