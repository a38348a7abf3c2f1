/** AWS managed keys come into being on first use by their service, when the caller may go on with it. */
import * as Effect from "effect/Effect"
import type { Crypto } from "../crypto/Crypto.ts"
import type { KeyMaterials } from "../crypto/KeyMaterials.ts"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { day, type KeyRecord } from "../domain/KeyRecord.ts"
import { callingService, managedDescription, managedPolicy, managedRotationPeriod } from "../domain/ManagedKey.ts"
import { newKey, newKeyId } from "../domain/NewKey.ts"
import type { Asked, LoadError } from "../operations/Operation.ts"
import type { CommitConflict } from "../storage/Storage.ts"
import { toCommit } from "./Changes.ts"
import type { Parts } from "./LoadKey.ts"

/** How AWS managed keys come into being. */
export interface ManagedKeys {
  /** The record that the AWS managed key of the alias would have, if its service is the one that calls. */
  readonly make: (asked: Asked, aliasName: string) => Effect.Effect<KeyRecord | undefined, never, Crypto | KeyMaterials>
  /** Puts the key and its alias where there was neither. CommitConflict if another request was first. */
  readonly commit: (parts: Parts, record: KeyRecord) => Effect.Effect<void, CommitConflict | LoadError>
}

const make = Effect.fnUntraced(function*(asked: Asked, aliasName: string) {
  const service = callingService(aliasName, asked.region, asked.caller.viaService)
  if (service === undefined) return undefined
  const made = yield* newKey({
    account: asked.account,
    region: asked.region,
    keyId: yield* newKeyId,
    keyManager: "AWS",
    created: asked.now,
    description: managedDescription(service),
    policy: managedPolicy(service, asked),
    tags: [],
    aliases: [aliasName]
  })
  const record: KeyRecord = {
    ...made,
    automaticRotation: { periodInDays: managedRotationPeriod, next: asked.now + managedRotationPeriod * day }
  }
  return record
})

const commit = Effect.fnUntraced(function*(parts: Parts, record: KeyRecord) {
  const [name = ""] = record.aliases
  const alias = AliasRecord.make(record, name, record.keyId, record.created)
  const before = { place: record, name, version: null, content: undefined }
  yield* parts.records.commit(
    yield* toCommit(parts, [
      { _tag: "PutAlias", before, record: alias },
      { _tag: "PutKey", before: undefined, record }
    ])
  )
})

/** AWS managed keys, made when a service asks for one. */
export const managedKeys: ManagedKeys = { make, commit }
