import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { constantTimeEquals } from "../crypto/ConstantTime.ts"
import { blob, flag, optional, text } from "../domain/Members.ts"
import { KMSInvalidMacException } from "../Errors.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { codeOf, macAlgorithm, macConditions, macInput } from "./internal/Mac.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Says whether a code is that of the message under the HMAC key: it is an error if it is not. */
export const VerifyMac = operation({
  name: "VerifyMac",
  readOnly: true,
  input: Schema.Struct({ ...macInput, Mac: blob({ min: 1, max: 6144 }) }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    MacValid: optional(flag),
    MacAlgorithm: optional(macAlgorithm)
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:VerifyMac", { aliases: true, crossAccount: true }),
  conditions: macConditions,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const code = yield* codeOf(key, "VerifyMac", input.Message, input.MacAlgorithm)
    if (!constantTimeEquals(code, input.Mac)) return yield* new KMSInvalidMacException()
    return reply({ KeyId: key.arn, MacValid: true, MacAlgorithm: input.MacAlgorithm })
  })
})
