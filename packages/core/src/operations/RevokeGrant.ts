import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { flag, keyId, optional } from "../domain/Members.ts"
import { always } from "../lifecycle/Row.ts"
import { end, findEnding, grantId, needEnding } from "./internal/Grant.ts"
import { operation } from "./Operation.ts"

/** Ends a grant, to take back what it allows. */
export const RevokeGrant = operation({
  name: "RevokeGrant",
  actions: ["kms:RevokeGrant"],
  readOnly: false,
  input: Schema.Struct({ KeyId: keyId, GrantId: grantId, DryRun: optional(flag) }),
  output: Schema.Void,
  states: always,
  load: (input, find, asked) =>
    Effect.gen(function*() {
      const key = yield* find.key(input.KeyId, { action: "kms:RevokeGrant", aliases: false, crossAccount: true })
      const ending = yield* findEnding(find, key, input.GrantId)
      return { key, ending, forService: asked.caller.viaService !== undefined }
    }),
  guards: ({ key }) => [key],
  permissions: (_input, { key }) => [{ action: "kms:RevokeGrant", resource: key }],
  conditions: (_input, { forService }) => ({ "kms:GrantIsForAWSResource": String(forService) }),
  decide: ({ input, records }) =>
    Effect.map(needEnding(records, input.GrantId), (found) => ({ output: undefined, changes: end(found) }))
})
