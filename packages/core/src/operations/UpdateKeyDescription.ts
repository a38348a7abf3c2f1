import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId, text } from "../domain/Members.ts"
import { unlessPendingDeletion } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { change, operation } from "./Operation.ts"

/** Replaces the description of a KMS key. */
export const UpdateKeyDescription = operation({
  name: "UpdateKeyDescription",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, Description: text({ min: 0, max: 8192 }) }),
  output: Schema.Void,
  states: unlessPendingDeletion,
  ...manageKey("kms:UpdateKeyDescription"),
  decide: ({ input, records: { key } }) =>
    Effect.succeed(change(undefined, key, { ...key.record, description: input.Description }))
})
