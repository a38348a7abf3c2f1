/**
 * The code on every stored record: HMAC-SHA-256 under a key derived from the root key, over the record's id and content.
 * Whoever can write the storage can neither edit a record, nor make one, nor move one to another id.
 *
 * Stored form: `{ "content": …, "mac": base64 }`. It cannot tell that a whole record was taken away, or put back as it
 * once was: docs/formats.md says what follows from that.
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { IntegrityError } from "../Errors.ts"
import type { Json } from "../storage/Storage.ts"
import * as Utf8 from "../Utf8.ts"
import { canonicalJson } from "./CanonicalJson.ts"
import { constantTimeEquals } from "./ConstantTime.ts"
import { RootKey, type RootKeyUses } from "./RootKey.ts"

/** What is authenticated: the id as a JSON string, a line feed, and the content as canonical JSON; both in UTF-8. */
const authenticated = (id: string, content: Json): Uint8Array =>
  Utf8.encode(`${JSON.stringify(id)}\n${canonicalJson(content)}`)

/** The value to store for a record's content. */
export const seal = Effect.fnUntraced(function*(id: string, content: Json) {
  const rootKey = yield* RootKey
  const mac = yield* rootKey.mac(authenticated(id, content))
  return { content, mac: Base64.encode(mac) } satisfies Json
})

/** A sealed value. */
export type Sealed = { readonly content: Json; readonly mac: string }

/** Whether a value has the form of a sealed one. */
export const isSealed = (value: Json): value is Sealed =>
  typeof value === "object" && value !== null && "content" in value && "mac" in value &&
  typeof value["mac"] === "string"

/** The code of a stored value, if it has one. */
export const macOf = (value: Json): string | undefined => isSealed(value) ? value.mac : undefined

/** Whether a sealed value's code is the one that this root key gives it. */
export const carriesCode = Effect.fnUntraced(function*(rootKey: RootKeyUses, id: string, { content, mac }: Sealed) {
  const expected = yield* rootKey.mac(authenticated(id, content))
  const given = Base64.decode(mac)
  return Result.isSuccess(given) && constantTimeEquals(expected, given.success)
})

/** The content of a stored value, or IntegrityError if its code is not the one that the root key gives it. */
export const open = Effect.fnUntraced(function*(id: string, value: Json) {
  if (!isSealed(value)) return yield* broken(id)
  const rootKey = yield* RootKey
  return (yield* carriesCode(rootKey, id, value)) || (rootKey.former && (yield* carriesCode(rootKey.former, id, value)))
    ? value.content
    : yield* broken(id)
})

/** The error of a record that must not be used. */
export const broken = (id: string): IntegrityError =>
  new IntegrityError({
    message: `The stored record "${id}" does not carry the code of this store's root key: it was changed outside `
      + "Keystead, or belongs to another root key. Restore it from a backup, or open the store with its own root key.",
    place: id
  })
