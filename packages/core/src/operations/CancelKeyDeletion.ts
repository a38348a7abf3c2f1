import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId, optional, text } from "../domain/Members.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { change, operation } from "./Operation.ts"

/** Calls off the deletion of a KMS key, which is Disabled then. */
export const CancelKeyDeletion = operation({
  name: "CancelKeyDeletion",
  summary: "Calls off the deletion of a KMS key, which is Disabled then.",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Struct({ KeyId: optional(text({})) }),
  states: row({
    Enabled: "KMSInvalidStateException",
    Disabled: "KMSInvalidStateException",
    PendingDeletion: "becomes Disabled",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "KMSInvalidStateException",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  ...manageKey("kms:CancelKeyDeletion"),
  decide: ({ nextState: state, records: { key } }) => {
    const { deletion: _, ...record } = key.record
    return Effect.succeed(change({ KeyId: key.arn }, key, { ...record, state }))
  }
})
