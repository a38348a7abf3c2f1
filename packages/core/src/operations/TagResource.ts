import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Conditions from "../domain/Conditions.ts"
import { keyId, list, tag } from "../domain/Members.ts"
import * as Tags from "../domain/Tags.ts"
import { unlessPendingDeletion } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { change, operation } from "./Operation.ts"

/** Adds tags to a KMS key, or replaces the values of those it has. */
export const TagResource = operation({
  name: "TagResource",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, Tags: list(tag) }),
  output: Schema.Void,
  states: unlessPendingDeletion,
  ...manageKey("kms:TagResource"),
  conditions: (input) => Conditions.ofTags(input.Tags),
  decide: Effect.fnUntraced(function*({ input, limits, records: { key } }) {
    const tags = yield* Effect.fromResult(Tags.add(key.record.tags, input.Tags, limits.tagsPerKey))
    return change(undefined, key, { ...key.record, tags })
  })
})
