/** Loads what operations decide on: identifiers resolved, records verified, keys advanced to the present. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Policy from "../authorization/Policy.ts"
import { Crypto } from "../crypto/Crypto.ts"
import { KeyMaterials } from "../crypto/KeyMaterials.ts"
import { broken } from "../crypto/RecordSeal.ts"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { aliasArn, keyArn, type Place } from "../domain/Arn.ts"
import * as Identifier from "../domain/Identifier.ts"
import { arnOf, type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import { NotFoundException } from "../Errors.ts"
import { isGone, overdueRotations } from "../lifecycle/Advance.ts"
import { rotateAutomatically } from "../lifecycle/Rotate.ts"
import type { Asked, Find, LoadedKey, LoadError } from "../operations/Operation.ts"
import { denied } from "./Authorize.ts"
import { toCommit } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import * as Listing from "./Listing.ts"
import { createManagedKey, managedKey } from "./ManagedKeys.ts"
import type { Loaded } from "./Reader.ts"
import type { Records } from "./Records.ts"

/** What loading needs beside the request. */
export interface Parts {
  readonly records: Records
  readonly crypto: Crypto["Service"]
  readonly materials: KeyMaterials["Service"]
}

/** Policies are parsed once a version of the record. */
const policies = new WeakMap<KeyRecord, Policy.PolicyDocument>()

const policyOf = (loaded: Loaded<KeyRecord>) => {
  const known = policies.get(loaded.content)
  if (known !== undefined) return Effect.succeed(known)
  const parsed = Policy.parseKeyPolicy(loaded.content.policy)
  if (Result.isFailure(parsed)) return Effect.fail(broken(loaded.id))
  policies.set(loaded.content, parsed.success)
  return Effect.succeed(parsed.success)
}

const asLoadedKey = (loaded: Loaded<KeyRecord>): Effect.Effect<LoadedKey, LoadError> =>
  Effect.map(policyOf(loaded), (policy) => ({
    record: loaded.content,
    version: loaded.version,
    arn: arnOf(loaded.content),
    policy
  }))

/** The key as it stands now. A rotation that fell due is committed first, once, whoever notices it. */
export const loadKey = (
  parts: Parts,
  place: Place,
  keyId: string,
  now: number
): Effect.Effect<LoadedKey | undefined, LoadError> =>
  Effect.flatMap(parts.records.keys.read(recordId(place, keyId)), (loaded) => {
    if (loaded === undefined || isGone(loaded.content, now)) return Effect.undefined
    const overdue = overdueRotations(loaded.content, now)
    return overdue.length === 0 ? asLoadedKey(loaded) : retrying(parts.crypto, catchUp(parts, place, keyId, now))
  })

const catchUp = Effect.fnUntraced(function*(parts: Parts, place: Place, keyId: string, now: number) {
  const loaded = yield* parts.records.keys.read(recordId(place, keyId))
  if (loaded === undefined || isGone(loaded.content, now)) return undefined
  const before = yield* asLoadedKey(loaded)
  const overdue = overdueRotations(before.record, now)
  if (overdue.length === 0) return before
  const record = yield* Effect.provideService(
    rotateAutomatically(before.record, overdue),
    KeyMaterials,
    parts.materials
  )
  yield* parts.records.commit(yield* toCommit(parts.records, [{ _tag: "PutKey", before, record }]))
  return yield* loadKey(parts, place, keyId, now)
})

/** How often an alias is looked up that moves all the time, before it is taken for one that was put back. */
const mostLookups = 20

/** How an operation loads, for this request; a dry run makes nothing. */
export const make = (parts: Parts, asked: Asked, dryRun: boolean): Find => {
  const { records } = parts
  const { now } = asked

  const keyOf = (account: string, keyId: string) => loadKey(parts, { account, region: asked.region }, keyId, now)

  const readAlias = Effect.fnUntraced(function*(place: Place, name: string) {
    const loaded = yield* records.aliases.read(AliasRecord.recordId(place, name))
    return { place, name, version: loaded?.version ?? null, content: loaded?.content }
  })

  /** An AWS managed key comes into being on its first use by its service. */
  const firstUse = Effect.fnUntraced(
    function*(name: string) {
      if (!dryRun) {
        const made = yield* createManagedKey(parts, asked, name)
        return made === undefined ? undefined : yield* keyOf(asked.account, made)
      }
      const content = yield* managedKey(asked, name)
      if (content === undefined) return undefined
      return yield* asLoadedKey({ id: recordId(asked, content.keyId), version: "", content })
    },
    Effect.provideService(Crypto, parts.crypto),
    Effect.provideService(KeyMaterials, parts.materials)
  )

  /** The key that an alias points to. */
  const keyOfAlias = Effect.fnUntraced(function*(place: Place, name: string) {
    for (let lookup = 0; lookup < mostLookups; lookup++) {
      const { content } = yield* readAlias(place, name)
      if (content === undefined) return place.account === asked.account ? yield* firstUse(name) : undefined
      const key = yield* keyOf(content.account, content.targetKeyId)
      // A key knows its aliases. If it does not know this one, the alias has moved since it was read.
      if (key === undefined || key.record.aliases.includes(name)) return key
    }
    return yield* broken(AliasRecord.recordId(place, name))
  })

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

  const alias: Find["alias"] = Effect.fnUntraced(function*(name) {
    const slot = yield* readAlias(asked, name)
    if (slot.content === undefined) return slot
    const target = yield* keyOf(slot.content.account, slot.content.targetKeyId)
    return target === undefined ? { ...slot, content: undefined } : slot
  })

  return { key, keyOf, alias, ...Listing.make(parts, asked) }
}
