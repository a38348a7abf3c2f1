/** Who a request comes from, and for which Region it is. */
import { rootArn } from "@keystead/core/domain/Arn"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Effect from "effect/Effect"
import type { Incoming } from "../Incoming.ts"
import { type Refused, refused } from "../Refused.ts"
import * as Presented from "./Presented.ts"

/** Whom a request comes from. */
export interface Authenticated {
  readonly caller: Caller
  /** The Region that is to answer: that of the signature's scope. */
  readonly region: string
}

/** Finds out who asks, or refuses. */
export type Authenticate = (request: Incoming) => Effect.Effect<Authenticated, Refused>

/** A Region's name. What has another form is none, and must not get into ARNs. */
export const isRegion = (text: string): boolean => /^[a-z]{2,10}(-[a-z]{2,12}){1,3}-\d{1,2}$/.test(text)

/** The refusal of a Region that does not answer here. */
export const otherRegion = (regions: ReadonlyArray<string> | undefined): Refused =>
  refused(
    "InvalidSignatureException",
    `Credential should be scoped to a valid region${regions === undefined ? "." : `: ${regions.join(", ")}.`}`
  )

/**
 * Takes every caller for the account's root, without a look at any signature: for an endpoint that only its owner can
 * reach. The Region is that of the request's credential scope if it has one, so that clients that sign anyway choose it.
 *
 * @param account - twelve digits
 * @param region - where a request names none
 * @param regions - the Regions that answer; all, if none are named
 */
export const trustAll = (account: string, region: string, regions?: ReadonlyArray<string>): Authenticate => {
  const caller: Caller = { principal: rootArn({ account, region }) }
  return (request) => {
    const asked = Presented.scopedRegion(request) ?? region
    const may = isRegion(asked) && (regions === undefined || regions.includes(asked))
    return may ? Effect.succeed({ caller, region: asked }) : Effect.fail(otherRegion(regions))
  }
}
