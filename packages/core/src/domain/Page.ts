/**
 * Pages of listings: where one ends, and how the next request says so.
 *
 * A marker is base64 of HMAC-SHA-256 by the root key, and of the last name in UTF-8. The code is over the JSON texts of the
 * listing and of the name, one after the other: no record's code is over anything that begins like a listing's.
 */
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { constantTimeEquals } from "../crypto/ConstantTime.ts"
import { RootKey } from "../crypto/RootKey.ts"
import { InvalidMarkerException } from "../Errors.ts"
import type { Listed } from "../operations/Operation.ts"
import * as Utf8 from "../Utf8.ts"
import type { Place } from "./Arn.ts"

const codeLength = 32

/** What markers are bound to: the operation, where it is asked, and whose items it lists, such as a key's ARN. */
export const listing = (operation: string, { account, region }: Place, owner = ""): string =>
  JSON.stringify([operation, account, region, owner])

const codeOf = (listing: string, name: string) =>
  Effect.flatMap(RootKey, (rootKey) => rootKey.mac(Utf8.encode(listing + JSON.stringify(name))))

/** What a page says of what follows. `NextMarker` is there only with `Truncated`. */
export interface Ending {
  readonly Truncated: boolean
  readonly NextMarker?: string
}

/** What the page says that ends with the name, or is the last. */
export const ending = (listing: string, next: string | undefined): Effect.Effect<Ending, never, RootKey> =>
  next === undefined ? Effect.succeed({ Truncated: false }) : Effect.map(codeOf(listing, next), (code) => ({
    Truncated: true,
    NextMarker: Base64.encode(Uint8Array.of(...code, ...Utf8.encode(next)))
  }))

/** The name after which to go on; undefined at the start. InvalidMarkerException if this listing did not give the marker. */
export const start = Effect.fnUntraced(function*(listing: string, marker: string | undefined) {
  if (marker === undefined) return undefined
  const bytes = Result.getOrElse(Base64.decode(marker), () => new Uint8Array())
  const name = Utf8.decode(bytes.subarray(codeLength))
  const given = name !== undefined && constantTimeEquals(yield* codeOf(listing, name), bytes.subarray(0, codeLength))
  return given ? name : yield* new InvalidMarkerException({
    message: "The marker was not given by this listing. Start it anew, without a marker."
  })
})

/** A page of a list that is at hand, whose items have distinct names, in the order of the names. */
export const of = <Item>(
  items: ReadonlyArray<Item>,
  nameOf: (item: Item) => string,
  after: string | undefined,
  limit: number
): Listed<Item> => {
  const rest = after === undefined ? items : items.filter((item) => nameOf(item) > after)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return { items: page, next: rest.length > page.length && last !== undefined ? nameOf(last) : undefined }
}
