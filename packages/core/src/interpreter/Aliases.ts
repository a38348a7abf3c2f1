/** Finds keys by their aliases; AWS managed keys come into being here, on their first use by their service. */
import * as Effect from "effect/Effect"
import { Crypto } from "../crypto/Crypto.ts"
import { KeyMaterials } from "../crypto/KeyMaterials.ts"
import { broken } from "../crypto/RecordSeal.ts"
import * as AliasRecord from "../domain/AliasRecord.ts"
import type { Place } from "../domain/Arn.ts"
import { recordId } from "../domain/KeyRecord.ts"
import type { Asked, Find } from "../operations/Operation.ts"
import { asLoadedKey, type Parts } from "./LoadKey.ts"
import { createManagedKey, managedKey } from "./ManagedKeys.ts"

/** How often an alias is looked up that moves all the time, before it is taken for one that was put back. */
const mostLookups = 20

/** The aliases, for this request; a dry run makes nothing. */
export const make = (parts: Parts, asked: Asked, keyOf: Find["keyOf"], dryRun: boolean) => {
  const readAlias = Effect.fnUntraced(function*(place: Place, name: string) {
    const loaded = yield* parts.records.aliases.read(AliasRecord.recordId(place, name))
    return { place, name, version: loaded?.version ?? null, content: loaded?.content }
  })

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

  const alias: Find["alias"] = Effect.fnUntraced(function*(name) {
    const slot = yield* readAlias(asked, name)
    if (slot.content === undefined) return slot
    const target = yield* keyOf(slot.content.account, slot.content.targetKeyId)
    return target === undefined ? { ...slot, content: undefined } : slot
  })

  return { keyOfAlias, alias }
}
