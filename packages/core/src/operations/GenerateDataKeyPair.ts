import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { blob, optional, recipient, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { materialMember } from "./internal/DataKey.ts"
import { dataKeyPairConditions, dataKeyPairInput, keyPairSpec, makeDataKeyPair } from "./internal/DataKeyPair.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Makes a key pair to use outside: the private key (PKCS#8 in DER) in clear and encrypted, and the public key. */
export const GenerateDataKeyPair = operation({
  name: "GenerateDataKeyPair",
  readOnly: true,
  input: Schema.Struct({ ...dataKeyPairInput, Recipient: optional(recipient) }),
  output: Schema.Struct({
    PrivateKeyCiphertextBlob: optional(blob({})),
    PrivateKeyPlaintext: optional(blob({})),
    PublicKey: optional(blob({})),
    KeyId: optional(text({})),
    KeyPairSpec: optional(keyPairSpec),
    CiphertextForRecipient: optional(blob({})),
    KeyMaterialId: optional(text({}))
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:GenerateDataKeyPair", { aliases: true, crossAccount: true }),
  conditions: dataKeyPairConditions,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const made = yield* makeDataKeyPair(key, input, "GenerateDataKeyPair", true)
    return reply({
      PrivateKeyCiphertextBlob: made.blob,
      PrivateKeyPlaintext: made.privateKey,
      PublicKey: made.publicKey,
      KeyId: key.arn,
      KeyPairSpec: input.KeyPairSpec,
      ...materialMember(made)
    })
  })
})
