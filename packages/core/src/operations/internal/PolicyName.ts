/** A KMS key has one policy, and its name is `default`. */
import * as Effect from "effect/Effect"
import { policyName } from "../../domain/KeyPolicy.ts"
import { NotFoundException } from "../../Errors.ts"

/** Refuses any other name. */
export const needDefaultName = (name: string = policyName): Effect.Effect<void, NotFoundException> =>
  name === policyName ? Effect.void : Effect.fail(new NotFoundException({ message: "No such policy exists" }))
