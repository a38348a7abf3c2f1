/** Who a request comes from, and for which Region it is. */
import { rootArn } from "@keystead/core/domain/Arn"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Effect from "effect/Effect"
import type { Incoming } from "../Incoming.ts"
import type { Refused } from "../Refused.ts"
import * as Presented from "./Presented.ts"

/** Whom a request comes from. */
export interface Authenticated {
  readonly caller: Caller
  /** The Region that is to answer: that of the signature's scope. */
  readonly region: string
}

/** Finds out who asks, or refuses. */
export type Authenticate = (request: Incoming) => Effect.Effect<Authenticated, Refused>

/**
 * Takes every caller for the account's root, without a look at any signature: for an endpoint that only its owner can
 * reach. The Region is that of the request's credential scope if it has one, so that clients that sign anyway choose it.
 *
 * @param account - twelve digits
 * @param region - where a request names none
 */
export const trustAll = (account: string, region: string): Authenticate => {
  const caller: Caller = { principal: rootArn({ account, region }) }
  return (request) =>
    Effect.succeed({
      caller,
      region: Presented.scopedRegion(request) ?? region
    })
}
