import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId, list, text } from "../domain/Members.ts"
import * as Tags from "../domain/Tags.ts"
import { unlessPendingDeletion } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { change, operation } from "./Operation.ts"

/** Removes tags from a KMS key. Keys that it does not have are ignored. */
export const UntagResource = operation({
  name: "UntagResource",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, TagKeys: list(text({ min: 1, max: 128 })) }),
  output: Schema.Void,
  states: unlessPendingDeletion,
  ...manageKey("kms:UntagResource"),
  conditions: (input) => ({ "aws:TagKeys": input.TagKeys }),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    yield* Effect.fromResult(Tags.reserved(input.TagKeys))
    const tags = key.record.tags.filter(({ TagKey }) => !input.TagKeys.includes(TagKey))
    return change(undefined, key, { ...key.record, tags })
  })
})
