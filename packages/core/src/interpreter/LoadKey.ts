/** Loads KMS keys: records verified, policies read, and everything advanced to the present. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Policy from "../authorization/Policy.ts"
import type { Crypto } from "../crypto/Crypto.ts"
import type { Attest } from "../crypto/Recipients.ts"
import { broken } from "../crypto/RecordSeal.ts"
import type { Place } from "../domain/Arn.ts"
import { arnOf, type KeyRecord, recordId } from "../domain/KeyRecord.ts"
import { Carried } from "../groups/Carried.ts"
import type { GrantBook } from "../groups/GrantBook.ts"
import { advance, isGone, mayBeBehind, overdueRotations } from "../lifecycle/Advance.ts"
import { rotateAutomatically } from "../lifecycle/Rotate.ts"
import type { Asked, LoadedKey, LoadError, Services } from "../operations/Operation.ts"
import { toCommit } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import type { ManagedKeys } from "./ManagedKeys.ts"
import type { Loaded } from "./Reader.ts"
import type { Records } from "./Records.ts"
import type { Regions } from "./Regions.ts"

/** What loading needs beside the request. */
export interface Parts {
  readonly records: Records
  readonly crypto: Crypto["Service"]
  /** How the attestation of a request's recipient is verified. */
  readonly attest: Attest
  /** What consults grants, if they are carried. */
  readonly grants: GrantBook | undefined
  /** For how long a new grant is not known without its token, in milliseconds. */
  readonly grantDelay: number
  /** What making key material needs. */
  readonly services: Context.Context<Services>
  readonly managedKeys: ManagedKeys | undefined
  /** What holds the keys of several Regions together, if that is carried. */
  readonly regions: Regions | undefined
}

/** A request that loads, and what loading needs. */
export interface Loading {
  readonly parts: Parts
  readonly asked: Asked
  /** The AWS managed key that this request is the first to use: it is there only once the caller may go on with it. */
  managed: Loaded<KeyRecord> | undefined
}

/** What is made of a record once for each version of it: the ARN, and the policy, read. */
const loadedKeys = new WeakMap<Loaded<KeyRecord>, LoadedKey>()

/** The record, with its ARN and its policy read. */
export const asLoadedKey = (loaded: Loaded<KeyRecord>): Effect.Effect<LoadedKey, LoadError> => {
  const known = loadedKeys.get(loaded)
  if (known !== undefined) return Effect.succeed(known)
  const { content: record, version } = loaded
  const policy = Policy.parseKeyPolicy(record.policy)
  if (Result.isFailure(policy)) return Effect.fail(broken(loaded.id))
  const made: LoadedKey = { record, version, arn: arnOf(record), policy: policy.success }
  loadedKeys.set(loaded, made)
  return Effect.succeed(made)
}

/** What expired is taken away from what is stored, and states that pass have passed. */
const asItStands = (
  { regions }: Parts,
  loaded: Loaded<KeyRecord>,
  now: number
): Effect.Effect<LoadedKey, LoadError> => {
  const { content: stored } = loaded
  const record = advance(regions?.advance(stored, now) ?? stored, now)
  const key = asLoadedKey(loaded)
  return record === stored ? key : Effect.map(key, (key) => ({ ...key, record, stored }))
}

/** The key as it stands now. A rotation that fell due is committed first, once, whoever notices it. */
export const loadKey = (
  parts: Parts,
  place: Place,
  keyId: string,
  now: number
): Effect.Effect<LoadedKey | undefined, LoadError> =>
  Effect.flatMap(parts.records.keys.read(recordId(place, keyId)), (loaded) => {
    if (loaded === undefined || isGone(loaded.content, now)) return Effect.undefined
    if (mayBeBehind(loaded.content, now)) return loadReplica(parts, loaded.content, now)
    const overdue = overdueRotations(loaded.content, now)
    return overdue.length === 0
      ? asItStands(parts, loaded, now)
      : retrying(parts.crypto, catchUp(parts, place, keyId, now))
  })

/** A replica gets new material with its primary, which is brought up to the present first. */
const loadReplica = Effect.fnUntraced(function*(parts: Parts, replica: KeyRecord, now: number) {
  const { account, keyId, multiRegion } = replica
  if (multiRegion !== undefined) yield* loadKey(parts, { account, region: multiRegion.primary }, keyId, now)
  const loaded = yield* parts.records.keys.read(recordId(replica, keyId))
  return loaded === undefined || isGone(loaded.content, now) ? undefined : yield* asItStands(parts, loaded, now)
})

const catchUp = Effect.fnUntraced(function*(parts: Parts, place: Place, keyId: string, now: number) {
  const loaded = yield* parts.records.keys.read(recordId(place, keyId))
  if (loaded === undefined || isGone(loaded.content, now)) return undefined
  const before = yield* asLoadedKey(loaded)
  const overdue = overdueRotations(before.record, now)
  if (overdue.length === 0) return before
  const record = yield* Effect.provideContext(rotateAutomatically(before.record, overdue), parts.services)
  yield* parts.records.commit(yield* toCommit(parts, [{ _tag: "PutKey", before, record }]))
  return yield* loadKey(parts, place, keyId, now)
})

/** The key of that account, in the Region that was asked. */
export const keyOf = ({ asked, parts }: Loading, account: string, keyId: string) =>
  Effect.flatMap(
    loadKey(parts, { account, region: asked.region }, keyId, asked.now),
    (key) => key?.record.externalKey === undefined ? Effect.succeed(key) : withExternal(parts, asked, key)
  )

/** The key with its other half, if this Keystead has what custom key stores need. */
const withExternal = ({ records, services }: Parts, asked: Asked, key: LoadedKey) => {
  const lent = Context.get(services, Carried).keyStores?.lend(records, asked, key)
  return lent === undefined ? Effect.succeed(key) : Effect.map(lent, (external) => ({ ...key, external }))
}
