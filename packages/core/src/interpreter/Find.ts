/** Loads what operations decide on: the keys and aliases that a request names, and pages of them. */
import * as Effect from "effect/Effect"
import { aliasArn, keyArn } from "../domain/Arn.ts"
import * as Identifier from "../domain/Identifier.ts"
import { NotFoundException } from "../Errors.ts"
import type { Asked, Find } from "../operations/Operation.ts"
import * as Aliases from "./Aliases.ts"
import { denied } from "./Authorize.ts"
import * as Listing from "./Listing.ts"
import { loadKey, type Parts } from "./LoadKey.ts"

/** How an operation loads, for this request; a dry run makes nothing. */
export const make = (parts: Parts, asked: Asked, dryRun: boolean): Find => {
  const keyOf: Find["keyOf"] = (account, keyId) => loadKey(parts, { account, region: asked.region }, keyId, asked.now)
  const { alias, keyOfAlias } = Aliases.make(parts, asked, keyOf, dryRun)

  const missing = ({ kind, name, place }: Identifier.Identified, action: string) => {
    const arn = kind === "key" ? keyArn(place, name) : aliasArn(place, name)
    // Nobody learns which keys another account has: what is not there and what is not allowed look the same.
    if (place.account !== asked.account) return denied(asked, action, arn)
    return new NotFoundException({
      message: kind === "key" ? `Key '${arn}' does not exist` : `Alias ${arn} is not found.`
    })
  }

  const key: Find["key"] = Effect.fnUntraced(function*(identifier, { action, aliases, crossAccount }) {
    const identified = yield* Effect.fromResult(Identifier.parse(identifier, asked, aliases))
    const { kind, name, place } = identified
    if (place.account !== asked.account && !crossAccount) return yield* missing(identified, action)
    if (kind === "key") {
      const loaded = yield* keyOf(place.account, name)
      return loaded ?? (yield* missing(identified, action))
    }
    const loaded = yield* keyOfAlias(place, name)
    return loaded === undefined ? yield* missing(identified, action) : { ...loaded, requestAlias: name }
  })

  return { key, keyOf, alias, ...Listing.make(parts, asked) }
}
