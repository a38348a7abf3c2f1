import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as UnderKey from "../crypto/UnderKey.ts"
import * as Conditions from "../domain/Conditions.ts"
import {
  blob,
  encryptionAlgorithm,
  encryptionContext,
  grantTokens,
  keyId,
  optional,
  recipient,
  text
} from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { dryRunInput, ignoresCiphertext, loadSource, sourcePermission } from "./internal/Source.ts"
import { operation, reply } from "./Operation.ts"

/** Decrypts what Encrypt, ReEncrypt or a data key operation made. */
export const Decrypt = operation({
  name: "Decrypt",
  actions: ["kms:Decrypt"],
  readOnly: true,
  input: Schema.Struct({
    CiphertextBlob: optional(blob({ min: 1, max: 6144 })),
    EncryptionContext: optional(encryptionContext),
    GrantTokens: optional(grantTokens),
    KeyId: optional(keyId),
    EncryptionAlgorithm: optional(encryptionAlgorithm),
    Recipient: optional(recipient),
    ...dryRunInput
  }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    Plaintext: optional(blob({})),
    EncryptionAlgorithm: optional(encryptionAlgorithm),
    CiphertextForRecipient: optional(blob({})),
    KeyMaterialId: optional(text({}))
  }),
  states: cryptographic,
  countsAsUse: true,
  load: (input, find) =>
    Effect.map(loadSource(find, "kms:Decrypt", input, "keyId", input.KeyId), (source) => ({ source })),
  guards: ({ source }) => [source.key],
  permissions: (_input, { source }) => [sourcePermission("kms:Decrypt", source)],
  conditions: Conditions.ofEncryption,
  decide: Effect.fnUntraced(function*({ input, records: { source } }) {
    const how = { algorithm: input.EncryptionAlgorithm, context: input.EncryptionContext, operation: "Decrypt" }
    if (ignoresCiphertext(input)) {
      yield* UnderKey.checkSource(source.key.record, how)
      return reply({})
    }
    const { materialId, plaintext } = yield* UnderKey.decrypt(source.key, how, source.bytes, source.blob)
    return reply({
      KeyId: source.key.arn,
      Plaintext: plaintext,
      EncryptionAlgorithm: input.EncryptionAlgorithm ?? UnderKey.defaultAlgorithm,
      ...(materialId === undefined ? {} : { KeyMaterialId: materialId })
    })
  })
})
