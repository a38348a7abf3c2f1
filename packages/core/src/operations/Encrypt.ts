import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as UnderKey from "../crypto/UnderKey.ts"
import * as Conditions from "../domain/Conditions.ts"
import {
  blob,
  encryptionAlgorithm,
  encryptionContext,
  flag,
  grantTokens,
  keyId,
  optional,
  text
} from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Encrypts up to 4,096 bytes directly under a KMS key. */
export const Encrypt = operation({
  name: "Encrypt",
  readOnly: true,
  input: Schema.Struct({
    KeyId: keyId,
    Plaintext: blob({ min: 1, max: 4096 }),
    EncryptionContext: optional(encryptionContext),
    GrantTokens: optional(grantTokens),
    EncryptionAlgorithm: optional(encryptionAlgorithm),
    DryRun: optional(flag)
  }),
  output: Schema.Struct({
    CiphertextBlob: optional(blob({})),
    KeyId: optional(text({})),
    EncryptionAlgorithm: optional(encryptionAlgorithm)
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:Encrypt", { aliases: true, crossAccount: true }),
  conditions: Conditions.ofEncryption,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const how = { algorithm: input.EncryptionAlgorithm, context: input.EncryptionContext, operation: "Encrypt" }
    const { blob } = yield* UnderKey.encrypt(key, how, input.Plaintext)
    return reply({
      CiphertextBlob: blob,
      KeyId: key.arn,
      EncryptionAlgorithm: input.EncryptionAlgorithm ?? UnderKey.defaultAlgorithm
    })
  })
})
