import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { keyId } from "../domain/Members.ts"
import { rotationSetting } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needPrimary, needSchedulable } from "./internal/Rotation.ts"
import { change, operation } from "./Operation.ts"

/** Turns automatic rotation off. */
export const DisableKeyRotation = operation({
  name: "DisableKeyRotation",
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId }),
  output: Schema.Void,
  states: rotationSetting,
  ...manageKey("kms:DisableKeyRotation"),
  decide: Effect.fnUntraced(function*({ records: { key } }) {
    yield* needSchedulable(key)
    yield* needPrimary(key, false)
    const { automaticRotation: _, ...record } = key.record
    return change(undefined, key, record)
  })
})
