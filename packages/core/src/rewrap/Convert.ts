/** One record from under one root key to under another: what is wrapped in it is wrapped again, and it is sealed again. */
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import { rewrapMaterials } from "../crypto/KeyMaterials.ts"
import * as RecordSeal from "../crypto/RecordSeal.ts"
import { RootKey, type RootKeyUses } from "../crypto/RootKey.ts"
import * as Credential from "../custom-stores/Credential.ts"
import { StoreRecord } from "../custom-stores/StoreRecord.ts"
import { KeyRecord } from "../domain/KeyRecord.ts"
import type { IntegrityError } from "../Errors.ts"
import type { Change, Json, StoredRecord } from "../storage/Storage.ts"

const decodeKey = Schema.decodeUnknownEffect(KeyRecord)
const decodeStore = Schema.decodeUnknownEffect(StoreRecord)

/** The content, with what is wrapped in it wrapped again. Records of other kinds have nothing wrapped. */
const rewrapped = (
  id: string,
  content: Json,
  from: RootKeyUses,
  to: RootKeyUses
): Effect.Effect<Json, IntegrityError> => {
  const unreadable = () => RecordSeal.broken(id)
  if (id.startsWith("key/")) {
    return Effect.flatMap(Effect.mapError(decodeKey(content), unreadable), (key) => rewrapMaterials(key, from, to))
  }
  return id.startsWith("store/")
    ? Effect.flatMap(Effect.mapError(decodeStore(content), unreadable), (store) => Credential.rewrap(store, from, to))
    : Effect.succeed(content)
}

/** The step that puts the record under the other root key; nothing if it is already. IntegrityError if it is under neither. */
export const convert = Effect.fnUntraced(function*(
  { id, value, version }: StoredRecord,
  from: RootKeyUses,
  to: RootKeyUses
): Effect.fn.Return<Change | undefined, IntegrityError> {
  if (!RecordSeal.isSealed(value)) return yield* RecordSeal.broken(id)
  const isSealed = yield* RecordSeal.carriesCode(to, id, value)
  const content = yield* Effect.provideService(RecordSeal.open(id, value), RootKey, isSealed ? to : from)
  // A record that was changed meanwhile is sealed under the other one, and what was wrapped in it before is not.
  const again = yield* rewrapped(id, content, from, to)
  return isSealed && Equal.equals(again, content)
    ? undefined
    : { _tag: "Put", id, value: yield* sealUnder(to, id, again), expected: version }
})

/** The value to store for a content, under that root key. */
export const sealUnder = (rootKey: RootKeyUses, id: string, content: Json) =>
  Effect.provideService(RecordSeal.seal(id, content), RootKey, rootKey)
