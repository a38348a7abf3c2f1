/**
 * The secret access key that requests to a proxy are signed with. It is kept wrapped under the root key, bound to its
 * store, and is unwrapped for one request at a time.
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { broken } from "../crypto/RecordSeal.ts"
import { RootKey, type RootKeyUses } from "../crypto/RootKey.ts"
import type { Place } from "../domain/Arn.ts"
import * as Utf8 from "../Utf8.ts"
import type { Connection } from "./KeyStoreProvider.ts"
import * as StoreRecord from "./StoreRecord.ts"

/** What the wrapping is bound to: the record, and what the secret is for. */
const identity = (place: Place, id: string): Uint8Array =>
  Utf8.encode(`${StoreRecord.recordId(place, id)}\nsecret access key`)

/** The secret, wrapped for the custom key store of this id; base64. */
export const wrap = Effect.fnUntraced(function*(place: Place, id: string, secret: string) {
  const clear = Utf8.encode(secret)
  const wrapped = yield* (yield* RootKey).wrap(clear, identity(place, id))
  clear.fill(0)
  return Base64.encode(wrapped)
})

/** The custom key store, its secret under another root key, if it is not already; IntegrityError if it is under neither. */
export const rewrap = Effect.fnUntraced(function*(store: StoreRecord.StoreRecord, from: RootKeyUses, to: RootKeyUses) {
  const fail = () => broken(StoreRecord.recordId(store, store.id))
  const bound = identity(store, store.id)
  const wrapped = yield* Effect.mapError(Effect.fromResult(Base64.decode(store.wrappedSecret)), fail)
  const present = yield* Effect.option(to.unwrap(wrapped, bound))
  if (Option.isSome(present)) {
    present.value.fill(0)
    return store
  }
  const clear = yield* Effect.mapError(from.unwrap(wrapped, bound), fail)
  const again = yield* to.wrap(clear, bound)
  clear.fill(0)
  const rewrapped: StoreRecord.StoreRecord = { ...store, wrappedSecret: Base64.encode(again) }
  return rewrapped
}, Effect.uninterruptible)

/** How to reach the proxy of the custom key store; IntegrityError if the secret was not wrapped for it. */
export const connectionOf = Effect.fnUntraced(function*(store: StoreRecord.StoreRecord) {
  const { accessKeyId, endpoint, path, region } = store
  const fail = () => broken(StoreRecord.recordId(store, store.id))
  const wrapped = yield* Effect.mapError(Effect.fromResult(Base64.decode(store.wrappedSecret)), fail)
  const clear = yield* Effect.mapError((yield* RootKey).unwrap(wrapped, identity(store, store.id)), fail)
  const secret = Utf8.decode(clear) ?? ""
  clear.fill(0)
  const connection: Connection = { endpoint, path, region, accessKeyId, secretAccessKey: Redacted.make(secret) }
  return connection
})
