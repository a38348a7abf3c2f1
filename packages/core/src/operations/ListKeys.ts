import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyArn } from "../domain/Arn.ts"
import { flag, limit, list, marker, optional, text } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { aboutAccount, operation, reply } from "./Operation.ts"

/** Lists the KMS keys of the caller's account in this Region. */
export const ListKeys = operation({
  name: "ListKeys",
  readOnly: true,
  input: Schema.Struct({ Limit: limit(1000), Marker: marker }),
  output: Schema.Struct({
    Keys: optional(list(Schema.Struct({ KeyId: optional(text({})), KeyArn: optional(text({})) }))),
    NextMarker: optional(text({})),
    Truncated: optional(flag)
  }),
  states: undefined,
  load: (input, find, asked) =>
    Effect.gen(function*() {
      const after = yield* Page.start(Page.listing("ListKeys", asked), input.Marker)
      return yield* find.keys(after, input.Limit ?? 100)
    }),
  ...aboutAccount("kms:ListKeys"),
  decide: ({ records: { items, next }, ...place }) =>
    Effect.map(Page.ending(Page.listing("ListKeys", place), next), (ending) =>
      reply({
        Keys: items.map((keyId) => ({ KeyId: keyId, KeyArn: keyArn(place, keyId) })),
        ...ending
      }))
})
