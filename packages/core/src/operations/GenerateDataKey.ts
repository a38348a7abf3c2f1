import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Conditions from "../domain/Conditions.ts"
import { blob, optional, recipient, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { dataKeyInput, makeDataKey, materialMember } from "./internal/DataKey.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Makes a data key for envelope encryption: in clear to use now, and encrypted to keep beside the data. */
export const GenerateDataKey = operation({
  name: "GenerateDataKey",
  readOnly: true,
  input: Schema.Struct({ ...dataKeyInput, Recipient: optional(recipient) }),
  output: Schema.Struct({
    CiphertextBlob: optional(blob({})),
    Plaintext: optional(blob({})),
    KeyId: optional(text({})),
    CiphertextForRecipient: optional(blob({})),
    KeyMaterialId: optional(text({}))
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:GenerateDataKey", { aliases: true, crossAccount: true }),
  conditions: Conditions.ofEncryption,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const made = yield* makeDataKey(key, input, "GenerateDataKey", true)
    return reply({
      CiphertextBlob: made.blob,
      Plaintext: made.plaintext,
      KeyId: key.arn,
      ...materialMember(made)
    })
  })
})
