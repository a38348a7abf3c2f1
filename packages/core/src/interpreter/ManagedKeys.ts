/** AWS managed keys come into being on first use by their service. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { day, type KeyRecord } from "../domain/KeyRecord.ts"
import { callingService, managedDescription, managedPolicy, managedRotationPeriod } from "../domain/ManagedKey.ts"
import { newKey, newKeyId } from "../domain/NewKey.ts"
import type { Asked } from "../operations/Operation.ts"
import { toCommit } from "./Changes.ts"
import { retrying } from "./Conflicts.ts"
import type { Parts } from "./LoadKey.ts"

/** The record that the AWS managed key of the alias would have, if its service is the one that calls. */
export const managedKey = Effect.fnUntraced(function*(asked: Asked, aliasName: string) {
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

/** Makes the AWS managed key of the alias and answers its id, if its service is the one that calls. */
export const createManagedKey = Effect.fnUntraced(function*(parts: Parts, asked: Asked, aliasName: string) {
  const attempt = Effect.gen(function*() {
    const present = yield* parts.records.aliases.read(AliasRecord.recordId(asked, aliasName))
    if (present !== undefined) return present.content.targetKeyId
    const record = yield* managedKey(asked, aliasName)
    if (record === undefined) return undefined
    const alias = AliasRecord.make(asked, aliasName, record.keyId, asked.now)
    const before = { place: asked, name: aliasName, version: null, content: undefined }
    yield* parts.records.commit(
      yield* toCommit(parts.records, [
        { _tag: "PutAlias", before, record: alias },
        { _tag: "PutKey", before: undefined, record }
      ])
    )
    return record.keyId
  })
  return yield* retrying(parts.crypto, attempt)
})
