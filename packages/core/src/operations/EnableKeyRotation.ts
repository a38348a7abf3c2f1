import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { day } from "../domain/KeyRecord.ts"
import { integer, keyId, optional } from "../domain/Members.ts"
import { rotationSetting } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needPrimary, needSchedulable } from "./internal/Rotation.ts"
import { change, operation } from "./Operation.ts"

const defaultPeriod = 365

/** Turns automatic rotation on, every 90 to 2,560 days from now; the same period again leaves the next date as it is. */
export const EnableKeyRotation = operation({
  name: "EnableKeyRotation",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, RotationPeriodInDays: optional(integer({ min: 90, max: 2560 })) }),
  output: Schema.Void,
  states: rotationSetting,
  ...manageKey("kms:EnableKeyRotation"),
  conditions: (input) => ({ "kms:RotationPeriodInDays": String(input.RotationPeriodInDays ?? defaultPeriod) }),
  decide: Effect.fnUntraced(function*({ input, now, records: { key } }) {
    yield* needSchedulable(key)
    yield* needPrimary(key, false)
    const periodInDays = input.RotationPeriodInDays ?? defaultPeriod
    const present = key.record.automaticRotation
    const automaticRotation = present?.periodInDays === periodInDays
      ? present
      : { periodInDays, next: now + periodInDays * day }
    return change(undefined, key, { ...key.record, automaticRotation })
  })
})
