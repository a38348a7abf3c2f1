/** Fills a store with KMS keys, each with an alias: sealed and wrapped as Keystead does it, committed many at once. */
import { defaultKeyPolicy } from "@keystead/core/authorization/KeyPolicy"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import type { KeyMaterials } from "@keystead/core/crypto/KeyMaterials"
import type { RootKey } from "@keystead/core/crypto/RootKey"
import type { Place } from "@keystead/core/domain/Arn"
import { day, type KeyRecord } from "@keystead/core/domain/KeyRecord"
import { newKey, newKeyId } from "@keystead/core/domain/NewKey"
import * as Carried from "@keystead/core/groups/Carried"
import { toCommit } from "@keystead/core/interpreter/Changes"
import * as Records from "@keystead/core/interpreter/Records"
import type { RecordChange } from "@keystead/core/operations/Operation"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Where all keys live. */
export const place: Place = { account: "111122223333", region: "us-east-1" }

/** How many records a commit of the filling has, about. */
const perCommit = 1000
/** Every so many-th key rotates by itself, and so has an entry in the index of what falls due. */
const rotating = 10

/** The alias of the key with that id. */
export const aliasOf = (keyId: string): string => `alias/app/${keyId}`

const key = Effect.fnUntraced(function*(now: number, rotates: boolean) {
  const keyId = yield* newKeyId
  const made = yield* newKey({
    ...place,
    keyId,
    keyManager: "CUSTOMER",
    created: now,
    description: "One of many",
    policy: defaultKeyPolicy(place.account),
    tags: [{ TagKey: "team", TagValue: "storage" }],
    aliases: [aliasOf(keyId)]
  })
  const record: KeyRecord = rotates
    ? { ...made, automaticRotation: { periodInDays: 365, next: now + 365 * day } }
    : made
  return record
})

const withAlias = (record: KeyRecord): ReadonlyArray<RecordChange> => {
  const name = aliasOf(record.keyId)
  return [
    { _tag: "PutKey", before: undefined, record },
    {
      _tag: "PutAlias",
      before: { place, name, version: null, content: undefined },
      record: { ...place, name, targetKeyId: record.keyId, created: record.created, updated: record.created }
    }
  ]
}

/** Fills an empty store with that many keys, and answers their ids. */
export const fill = Effect.fnUntraced(function*(count: number) {
  const now = yield* Clock.currentTimeMillis
  const records = yield* Records.make
  const services = Context.add(
    yield* Effect.context<Crypto | KeyMaterials | RootKey>(),
    Carried.Carried,
    Carried.of([], [])
  )
  const parts = { records, services, regions: undefined }
  const ids: Array<string> = []
  while (ids.length < count) {
    const changes: Array<RecordChange> = []
    for (; changes.length < perCommit && ids.length < count;) {
      const made = yield* key(now, ids.length % rotating === 0)
      ids.push(made.keyId)
      changes.push(...withAlias(made))
    }
    yield* records.commit(yield* toCommit(parts, changes))
  }
  const before = { place, name: "count", version: null, content: undefined }
  yield* records.commit(yield* toCommit(parts, [{ _tag: "PutKeyCount", before, count }]))
  return ids
})
