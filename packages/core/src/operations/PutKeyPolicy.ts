import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as KeyPolicy from "../domain/KeyPolicy.ts"
import { flag, keyId, optional, text } from "../domain/Members.ts"
import { always } from "../lifecycle/Row.ts"
import { manageKey } from "./internal/ManageKey.ts"
import { needDefaultName } from "./internal/PolicyName.ts"
import { change, operation } from "./Operation.ts"

/** Replaces the key policy. It must let its writer replace it again, unless the check is bypassed. */
export const PutKeyPolicy = operation({
  name: "PutKeyPolicy",
  readOnly: false,
  input: Schema.Struct({
    KeyId: keyId,
    PolicyName: optional(text({ min: 1, max: 128 })),
    Policy: text({ min: 1, max: 131072 }),
    BypassPolicyLockoutSafetyCheck: optional(flag)
  }),
  output: Schema.Void,
  states: always,
  ...manageKey("kms:PutKeyPolicy"),
  conditions: (input) => ({
    "kms:BypassPolicyLockoutSafetyCheck": String(input.BypassPolicyLockoutSafetyCheck ?? false)
  }),
  decide: Effect.fnUntraced(function*(request) {
    const { input, records: { key } } = request
    yield* needDefaultName(input.PolicyName)
    const bypass = input.BypassPolicyLockoutSafetyCheck ?? false
    yield* Effect.fromResult(KeyPolicy.check(input.Policy, key.record.keyId, request, bypass))
    return change(undefined, key, { ...key.record, policy: input.Policy })
  })
})
