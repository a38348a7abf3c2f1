import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { KeyMetadata, keyMetadata } from "../domain/KeyMetadata.ts"
import { grantTokens, keyId, optional } from "../domain/Members.ts"
import { Carried } from "../groups/Carried.ts"
import { always } from "../lifecycle/Row.ts"
import { aboutKey, isUnavailable, operation, reply } from "./Operation.ts"

/** Tells what is known of a KMS key, except its policy, aliases and tags. */
export const DescribeKey = operation({
  name: "DescribeKey",
  readOnly: true,
  input: Schema.Struct({ KeyId: keyId, GrantTokens: optional(grantTokens) }),
  output: Schema.Struct({ KeyMetadata: optional(KeyMetadata) }),
  states: always,
  ...aboutKey("kms:DescribeKey", { aliases: true, crossAccount: true }),
  decide: ({ records: { key } }) =>
    Effect.map(
      Carried,
      (carried) =>
        reply({ KeyMetadata: keyMetadata(key.record, carried, isUnavailable(key) ? "Unavailable" : undefined) })
    )
})
