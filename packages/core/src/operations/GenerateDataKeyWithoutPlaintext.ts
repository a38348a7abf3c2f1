import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Conditions from "../domain/Conditions.ts"
import { blob, optional, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { dataKeyInput, makeDataKey, materialMember } from "./internal/DataKey.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Makes a data key and shows it encrypted only, for whoever will decrypt it later. */
export const GenerateDataKeyWithoutPlaintext = operation({
  name: "GenerateDataKeyWithoutPlaintext",
  readOnly: true,
  input: Schema.Struct(dataKeyInput),
  output: Schema.Struct({
    CiphertextBlob: optional(blob({})),
    KeyId: optional(text({})),
    KeyMaterialId: optional(text({}))
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:GenerateDataKeyWithoutPlaintext", { aliases: true, crossAccount: true }),
  conditions: Conditions.ofEncryption,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const made = yield* makeDataKey(key, input, "GenerateDataKeyWithoutPlaintext", false)
    return reply({ CiphertextBlob: made.blob, KeyId: key.arn, ...materialMember(made) })
  })
})
