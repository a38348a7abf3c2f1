/** Pages of listings: where one ends, and how the next request says so. */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import { InvalidMarkerException } from "../Errors.ts"
import type { Listed } from "../operations/Operation.ts"
import * as Utf8 from "../Utf8.ts"

/** What a page says of what follows. `NextMarker` is there only with `Truncated`. */
export const ending = (listing: string, next: string | undefined) =>
  next === undefined
    ? { Truncated: false }
    : { Truncated: true, NextMarker: Base64.encode(`${listing}\n${next}`) }

/** The name after which to go on; undefined at the start. InvalidMarkerException if this listing did not give the marker. */
export const start = (
  listing: string,
  marker: string | undefined
): Result.Result<string | undefined, InvalidMarkerException> => {
  if (marker === undefined) return Result.succeed(undefined)
  const bytes = Base64.decode(marker)
  const text = Result.isSuccess(bytes) ? Utf8.decode(bytes.success) : undefined
  return text?.startsWith(`${listing}\n`) === true
    ? Result.succeed(text.slice(listing.length + 1))
    : Result.fail(
      new InvalidMarkerException({
        message: `The marker was not given by this listing. Start it anew, without a marker.`
      })
    )
}

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
