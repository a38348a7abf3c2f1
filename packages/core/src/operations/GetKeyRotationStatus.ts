import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { flag, integer, keyId, optional, text, timestamp } from "../domain/Members.ts"
import { row } from "../lifecycle/Row.ts"
import { needRotatable } from "./internal/Rotation.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Tells whether and when a KMS key rotates by itself. One that is pending deletion, or of imported material, does not. */
export const GetKeyRotationStatus = operation({
  name: "GetKeyRotationStatus",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Struct({
    KeyRotationEnabled: optional(flag),
    KeyId: optional(text({})),
    RotationPeriodInDays: optional(integer({})),
    NextRotationDate: optional(timestamp),
    OnDemandRotationStartDate: optional(timestamp)
  }),
  states: row({
    Enabled: "proceeds",
    Disabled: "proceeds",
    PendingDeletion: "proceeds",
    PendingImport: "UnsupportedOperationException",
    Unavailable: "UnsupportedOperationException",
    Creating: "proceeds",
    Updating: "proceeds"
  }),
  ...aboutKey("kms:GetKeyRotationStatus", { aliases: false, crossAccount: true }),
  decide: Effect.fnUntraced(function*({ records: { key } }) {
    yield* needRotatable(key)
    const rotation = key.record.deletion === undefined ? key.record.automaticRotation : undefined
    return reply({
      KeyRotationEnabled: rotation !== undefined,
      KeyId: key.arn,
      ...(rotation === undefined
        ? {}
        : { RotationPeriodInDays: rotation.periodInDays, NextRotationDate: new Date(rotation.next) })
    })
  })
})
