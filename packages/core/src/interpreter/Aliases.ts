/** Finds keys by their aliases, and the AWS managed keys that are to come into being on first use by their service. */
import * as Effect from "effect/Effect"
import { broken } from "../crypto/RecordSeal.ts"
import * as AliasRecord from "../domain/AliasRecord.ts"
import type { Place } from "../domain/Arn.ts"
import { recordId } from "../domain/KeyRecord.ts"
import type { Slot } from "../operations/Operation.ts"
import { asLoadedKey, keyOf, type Loading } from "./LoadKey.ts"

/** How often an alias is looked up that moves all the time, before it is taken for one that was put back. */
const mostLookups = 20

const readAlias = Effect.fnUntraced(function*({ parts }: Loading, place: Place, name: string) {
  const loaded = yield* parts.records.aliases.read(AliasRecord.recordId(place, name))
  const slot: Slot<AliasRecord.AliasRecord> = {
    place,
    name,
    version: loaded?.version ?? null,
    content: loaded?.content
  }
  return slot
})

/** The key that the alias is to have: one for all that the request loads. */
const firstUse = Effect.fnUntraced(
  function*(loading: Loading, name: string) {
    const { asked, parts } = loading
    if (loading.managed === undefined) {
      const content = parts.managedKeys === undefined ? undefined : yield* parts.managedKeys.make(asked, name)
      if (content === undefined) return undefined
      loading.managed = { id: recordId(asked, content.keyId), version: "", content }
    }
    return yield* asLoadedKey(loading.managed)
  },
  (effect, { parts }) => Effect.provideContext(effect, parts.services)
)

/** The key that an alias points to. */
export const keyOfAlias = Effect.fnUntraced(function*(loading: Loading, place: Place, name: string) {
  for (let lookup = 0; lookup < mostLookups; lookup++) {
    const { content } = yield* readAlias(loading, place, name)
    if (content === undefined) {
      return place.account === loading.asked.account ? yield* firstUse(loading, name) : undefined
    }
    const key = yield* keyOf(loading, content.account, content.targetKeyId)
    // A key knows its aliases. If it does not know this one, the alias has moved since it was read.
    if (key === undefined || key.record.aliases.includes(name)) return key
  }
  return yield* broken(AliasRecord.recordId(place, name))
})

/** An alias of the caller's account. */
export const findAlias = (loading: Loading, name: string) =>
  Effect.map(
    readAlias(loading, loading.asked, name),
    (slot) =>
      slot.content !== undefined && AliasRecord.isGone(slot.content, loading.asked.now)
        ? { ...slot, content: undefined }
        : slot
  )
