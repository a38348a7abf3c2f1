/** Loads what operations decide on: the keys and aliases that a request names, and pages of them. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { aliasArn, keyArn } from "../domain/Arn.ts"
import * as Identifier from "../domain/Identifier.ts"
import { NotFoundException } from "../Errors.ts"
import type { Absent, Asked, Find, LoadedKey, LoadError, NamedKey } from "../operations/Operation.ts"
import { findAlias, keyOfAlias } from "./Aliases.ts"
import { denied } from "./Authorize.ts"
import { eraseIfGone } from "./Erase.ts"
import { keyCount, listAliases, listKeys } from "./Listing.ts"
import { keyOf, type Loading } from "./LoadKey.ts"

const missing = (asked: Asked, { kind, name, place }: Identifier.Identified, action: string): Absent => {
  const arn = kind === "key" ? keyArn(place, name) : aliasArn(place, name)
  // Nobody learns which keys another account has: what is not there and what is not allowed look the same.
  if (place.account !== asked.account) return denied(asked, action, arn)
  return new NotFoundException({
    message: kind === "key" ? `Key '${arn}' does not exist` : `Alias ${arn} is not found.`
  })
}

const findKey = (
  loading: Loading,
  identifier: string,
  { action, aliases, crossAccount }: NamedKey
): Effect.Effect<LoadedKey, Absent | LoadError> => {
  const { asked } = loading
  const identified = Identifier.parse(identifier, asked, aliases)
  if (Result.isFailure(identified)) return Effect.fail(identified.failure)
  const { kind, name, place } = identified.success
  const none = () => Effect.fail(missing(asked, identified.success, action))
  if (place.account !== asked.account && !crossAccount) return none()
  return kind === "key"
    ? Effect.flatMap(
      keyOf(loading, place.account, name),
      (key) => key === undefined ? none() : Effect.succeed(key)
    )
    : Effect.flatMap(
      keyOfAlias(loading, place, name),
      (key) => key === undefined ? none() : Effect.succeed({ ...key, requestAlias: name })
    )
}

/** How an operation loads, for this request. Nothing is built for it before it is asked: each call makes one of these. */
export const make = (loading: Loading): Find => {
  const { asked, parts } = loading
  return {
    key: (identifier, options) => findKey(loading, identifier, options),
    keyOf: (account, keyId) => keyOf(loading, account, keyId),
    alias: (name) => findAlias(loading, name),
    in: (region) => make({ ...loading, asked: { ...asked, region } }),
    vacate: (keyId) =>
      Effect.asVoid(eraseIfGone(parts, { account: asked.account, region: asked.region, keyId }, asked.now)),
    keyCount: Effect.suspend(() => keyCount(parts, asked)),
    keys: (after, limit) => listKeys(parts, asked, after, limit),
    aliases: (after, limit) => listAliases(parts, asked, after, limit),
    reader: parts.records.reader,
    ids: parts.records.ids
  }
}
