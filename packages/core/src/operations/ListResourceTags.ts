import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { flag, keyId, limit, list, marker, optional, tag, text } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { always } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { operation, reply } from "./Operation.ts"

/** Lists the tags of a KMS key, in the order of their keys. */
export const ListResourceTags = operation({
  name: "ListResourceTags",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId, Limit: limit(50), Marker: marker }),
  output: Schema.Struct({
    Tags: optional(list(tag)),
    NextMarker: optional(text({})),
    Truncated: optional(flag)
  }),
  states: always,
  ...manageKey("kms:ListResourceTags"),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const listing = Page.listing("ListResourceTags", key.record, key.arn)
    const after = yield* Page.start(listing, input.Marker)
    const page = Page.of(key.record.tags, ({ TagKey }) => TagKey, after, input.Limit ?? 50)
    return reply({ Tags: page.items.map((tag) => ({ ...tag })), ...yield* Page.ending(listing, page.next) })
  })
})
