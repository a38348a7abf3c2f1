import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { blob, optional, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { codeOf, macAlgorithm, macConditions, macInput } from "./internal/Mac.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Makes the authentication code of a message of up to 4,096 bytes under an HMAC key. */
export const GenerateMac = operation({
  name: "GenerateMac",
  readOnly: true,
  input: Schema.Struct(macInput),
  output: Schema.Struct({
    Mac: optional(blob({})),
    MacAlgorithm: optional(macAlgorithm),
    KeyId: optional(text({}))
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:GenerateMac", { aliases: true, crossAccount: true }),
  conditions: macConditions,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const code = yield* codeOf(key, "GenerateMac", input.Message, input.MacAlgorithm)
    return reply({ Mac: code, MacAlgorithm: input.MacAlgorithm, KeyId: key.arn })
  })
})
