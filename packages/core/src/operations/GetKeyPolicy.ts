import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { policyName } from "../domain/KeyPolicy.ts"
import { keyId, optional, text } from "../domain/Members.ts"
import { always } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needDefaultName } from "./internal/PolicyName.ts"
import { operation, reply } from "./Operation.ts"

/** Gives the key policy, as it was put. */
export const GetKeyPolicy = operation({
  name: "GetKeyPolicy",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId, PolicyName: optional(text({ min: 1, max: 128 })) }),
  output: Schema.Struct({ Policy: optional(text({})), PolicyName: optional(text({})) }),
  states: always,
  ...manageKey("kms:GetKeyPolicy"),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    yield* needDefaultName(input.PolicyName)
    return reply({ Policy: key.record.policy, PolicyName: policyName })
  })
})
