import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { policyName } from "../domain/KeyPolicy.ts"
import { flag, keyId, limit, list, marker, optional, text } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { always } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { operation, reply } from "./Operation.ts"

/** Lists the names of a key's policies, of which there is one. */
export const ListKeyPolicies = operation({
  name: "ListKeyPolicies",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId, Limit: limit(1000), Marker: marker }),
  output: Schema.Struct({
    PolicyNames: optional(list(text({}))),
    NextMarker: optional(text({})),
    Truncated: optional(flag)
  }),
  states: always,
  ...manageKey("kms:ListKeyPolicies"),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const listing = Page.listing("ListKeyPolicies", key.record, key.arn)
    const after = yield* Page.start(listing, input.Marker)
    const page = Page.of([policyName], (name) => name, after, input.Limit ?? 100)
    return reply({ PolicyNames: [...page.items], ...yield* Page.ending(listing, page.next) })
  })
})
