import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { deletionOf, isReplica } from "../domain/KeyRecord.ts"
import { integer, keyId, oneOf, optional, text, timestamp } from "../domain/Members.ts"
import { keyStates } from "../lifecycle/KeyState.ts"
import { row } from "../lifecycle/Row.ts"
import { decideDeletion, putNamed } from "./internal/Deletion.ts"
import { operation } from "./Operation.ts"

const defaultWindow = 30

/**
 * Schedules the deletion of a KMS key, 7 to 30 days from now. Then all that it encrypted is lost for ever. The primary of
 * a multi-Region key waits until its last replica is gone, and so long again.
 */
export const ScheduleKeyDeletion = operation({
  name: "ScheduleKeyDeletion",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, PendingWindowInDays: optional(integer({ min: 7, max: 30 })) }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    DeletionDate: optional(timestamp),
    KeyState: optional(oneOf(keyStates)),
    PendingWindowInDays: optional(integer({}))
  }),
  states: row({
    Enabled: "becomes PendingDeletion",
    Disabled: "becomes PendingDeletion",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "becomes PendingDeletion",
    Unavailable: "becomes PendingDeletion",
    Creating: "becomes PendingDeletion",
    Updating: "KMSInvalidStateException"
  }),
  ...decideDeletion("kms:ScheduleKeyDeletion"),
  conditions: (input) => ({
    "kms:ScheduleKeyDeletionPendingWindowInDays": String(input.PendingWindowInDays ?? defaultWindow)
  }),
  decide: ({ input, nextState, now, records }) => {
    const windowInDays = input.PendingWindowInDays ?? defaultWindow
    const { record } = records.key
    const deletion = deletionOf(record, windowInDays, now)
    const waits = !isReplica(record) && record.multiRegion !== undefined && record.multiRegion.replicas.length > 0
    const state = waits ? "PendingReplicaDeletion" : nextState
    const output = {
      KeyId: records.key.arn,
      ...(deletion.date === undefined || waits ? {} : { DeletionDate: new Date(deletion.date) }),
      KeyState: state,
      PendingWindowInDays: windowInDays
    }
    return Effect.succeed({ output, changes: putNamed(records, { ...record, state, deletion }) })
  }
})
