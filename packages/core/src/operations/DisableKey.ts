import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId } from "../domain/Members.ts"
import { row } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { change, operation } from "./Operation.ts"

/** Keeps a KMS key from being used, until it is enabled. */
export const DisableKey = operation({
  name: "DisableKey",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Void,
  states: row({
    Enabled: "becomes Disabled",
    Disabled: "proceeds",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "proceeds",
    Creating: "KMSInvalidStateException",
    Updating: "KMSInvalidStateException"
  }),
  ...manageKey("kms:DisableKey"),
  decide: ({ nextState: state, records: { key } }) => Effect.succeed(change(undefined, key, { ...key.record, state }))
})
