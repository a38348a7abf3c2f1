import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId } from "../domain/Members.ts"
import { resumeRotation } from "../lifecycle/Advance.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { change, operation } from "./Operation.ts"

/** Lets a disabled KMS key be used again. */
export const EnableKey = operation({
  name: "EnableKey",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Void,
  states: row({
    Enabled: "proceeds",
    Disabled: "becomes Enabled",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "proceeds",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  ...manageKey("kms:EnableKey"),
  decide: ({ nextState: state, now, records: { key } }) =>
    Effect.succeed(change(undefined, key, resumeRotation({ ...key.record, state }, now)))
})
