/** Listings as a whole, page after page. */
import * as Effect from "effect/Effect"

/** A page of a listing: there are more while it has a marker. */
export interface Page {
  readonly NextMarker?: string | undefined
}

/** All items of all pages. */
export const all = Effect.fnUntraced(function*<P extends Page, Item, E>(
  page: (marker: { readonly Marker?: string }) => Effect.Effect<P, E>,
  itemsOf: (page: P) => ReadonlyArray<Item> | undefined
) {
  const items: Array<Item> = []
  let marker: { readonly Marker?: string } = {}
  for (;;) {
    const reply = yield* page(marker)
    items.push(...itemsOf(reply) ?? [])
    if (reply.NextMarker === undefined) return items
    marker = { Marker: reply.NextMarker }
  }
})
