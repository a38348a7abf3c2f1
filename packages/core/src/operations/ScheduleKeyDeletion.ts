import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { day } from "../domain/KeyRecord.ts"
import { integer, keyId, oneOf, optional, text, timestamp } from "../domain/Members.ts"
import { keyStates } from "../lifecycle/KeyState.ts"
import { row } from "../lifecycle/Row.ts"
import { decideDeletion, putNamed } from "./internal/Deletion.ts"
import { operation } from "./Operation.ts"

const defaultWindow = 30

/** Schedules the deletion of a KMS key, 7 to 30 days from now. Then all that it encrypted is lost for ever. */
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
  decide: ({ input, nextState: state, now, records }) => {
    const windowInDays = input.PendingWindowInDays ?? defaultWindow
    const date = now + windowInDays * day
    const output = {
      KeyId: records.key.arn,
      DeletionDate: new Date(date),
      KeyState: state,
      PendingWindowInDays: windowInDays
    }
    const changes = putNamed(records, { ...records.key.record, state, deletion: { date, windowInDays } })
    return Effect.succeed({ output, changes })
  }
})
