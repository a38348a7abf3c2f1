import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { blob, optional, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { materialMember } from "./internal/DataKey.ts"
import { dataKeyPairConditions, dataKeyPairInput, keyPairSpec, makeDataKeyPair } from "./internal/DataKeyPair.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Makes a key pair and shows the private key encrypted only, for whoever will decrypt it later. */
export const GenerateDataKeyPairWithoutPlaintext = operation({
  name: "GenerateDataKeyPairWithoutPlaintext",
  readOnly: true,
  input: Schema.Struct(dataKeyPairInput),
  output: Schema.Struct({
    PrivateKeyCiphertextBlob: optional(blob({})),
    PublicKey: optional(blob({})),
    KeyId: optional(text({})),
    KeyPairSpec: optional(keyPairSpec),
    KeyMaterialId: optional(text({}))
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:GenerateDataKeyPairWithoutPlaintext", { aliases: true, crossAccount: true }),
  conditions: dataKeyPairConditions,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const made = yield* makeDataKeyPair(key, input, "GenerateDataKeyPairWithoutPlaintext", false)
    return reply({
      PrivateKeyCiphertextBlob: made.blob,
      PublicKey: made.publicKey,
      KeyId: key.arn,
      KeyPairSpec: input.KeyPairSpec,
      ...materialMember(made)
    })
  })
})
