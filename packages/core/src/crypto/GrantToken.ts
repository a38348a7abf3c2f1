/**
 * Grant tokens: which grant, and that this Keystead says so. Base64url (RFC 4648 section 5, without padding) of
 *
 *     01 ‖ 16 random bytes ‖ id of the grant's record ‖ HMAC-SHA-256 of all that under the record key
 *
 * Records are coded under the same key. What is authenticated begins with a byte that no record's code begins with, which
 * is a quotation mark, nor the check value of the root key, which is a letter.
 */
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as Utf8 from "../Utf8.ts"
import { constantTimeEquals } from "./ConstantTime.ts"
import { Crypto } from "./Crypto.ts"
import { RootKey } from "./RootKey.ts"

const version = 1
const saltLength = 16
const macLength = 32
const idOffset = 1 + saltLength

/** A new token for the grant whose record has this id. */
export const make = Effect.fnUntraced(function*(recordId: string) {
  const id = Utf8.encode(recordId)
  const token = new Uint8Array(idOffset + id.length + macLength)
  token[0] = version
  token.set(yield* (yield* Crypto).randomBytes(saltLength), 1)
  token.set(id, idOffset)
  token.set(yield* (yield* RootKey).mac(token.subarray(0, -macLength)), idOffset + id.length)
  return Base64Url.encode(token)
})

/** The id of the record of the token's grant; undefined if it is no token of this Keystead. */
export const open = Effect.fnUntraced(function*(token: string) {
  const bytes = Result.getOrUndefined(Base64Url.decode(token))
  if (bytes === undefined || bytes.length <= idOffset + macLength || bytes[0] !== version) return undefined
  // Decoders take some texts that no encoder writes: there is one text for each token.
  if (Base64Url.encode(bytes) !== token) return undefined
  const expected = yield* (yield* RootKey).mac(bytes.subarray(0, -macLength))
  return constantTimeEquals(expected, bytes.subarray(-macLength))
    ? Utf8.decode(bytes.subarray(idOffset, -macLength))
    : undefined
})
