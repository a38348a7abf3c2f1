import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { lacksMaterial } from "../domain/KeyRecord.ts"
import { keyId, optional, text } from "../domain/Members.ts"
import { row } from "../lifecycle/Row.ts"
import { decideDeletion, putNamed } from "./internal/Deletion.ts"
import { operation } from "./Operation.ts"

/** Calls off the deletion of a KMS key, which is Disabled then, or PendingImport if it lacks imported material. */
export const CancelKeyDeletion = operation({
  name: "CancelKeyDeletion",
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
  ...decideDeletion("kms:CancelKeyDeletion"),
  decide: ({ nextState, records }) => {
    const { deletion: _, ...record } = records.key.record
    const state = lacksMaterial(record) ? "PendingImport" : nextState
    return Effect.succeed({ output: { KeyId: records.key.arn }, changes: putNamed(records, { ...record, state }) })
  }
})
