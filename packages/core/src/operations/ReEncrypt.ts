import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as UnderKey from "../crypto/UnderKey.ts"
import * as Conditions from "../domain/Conditions.ts"
import * as EncryptionContext from "../domain/EncryptionContext.ts"
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
import { loadSource, needOwnBlob } from "./internal/Source.ts"
import { operation, reply } from "./Operation.ts"

/** Decrypts a ciphertext and encrypts it again, under another key or context, without showing the plaintext. */
export const ReEncrypt = operation({
  name: "ReEncrypt",
  summary: "Moves a ciphertext to another KMS key or encryption context without showing the plaintext.",
  actions: ["kms:ReEncryptFrom", "kms:ReEncryptTo"],
  readOnly: true,
  input: Schema.Struct({
    CiphertextBlob: optional(blob({ min: 1, max: 6144 })),
    SourceEncryptionContext: optional(encryptionContext),
    SourceKeyId: optional(keyId),
    DestinationKeyId: keyId,
    DestinationEncryptionContext: optional(encryptionContext),
    SourceEncryptionAlgorithm: optional(encryptionAlgorithm),
    DestinationEncryptionAlgorithm: optional(encryptionAlgorithm),
    GrantTokens: optional(grantTokens),
    DryRun: optional(flag)
  }),
  output: Schema.Struct({
    CiphertextBlob: optional(blob({})),
    SourceKeyId: optional(text({})),
    KeyId: optional(text({})),
    SourceEncryptionAlgorithm: optional(encryptionAlgorithm),
    DestinationEncryptionAlgorithm: optional(encryptionAlgorithm),
    SourceKeyMaterialId: optional(text({})),
    DestinationKeyMaterialId: optional(text({}))
  }),
  states: cryptographic,
  load: (input, find) =>
    Effect.gen(function*() {
      const { source } = yield* loadSource(find, input.CiphertextBlob, input.SourceKeyId)
      const destination = yield* find.key(input.DestinationKeyId, { aliases: true, crossAccount: true })
      return { source, destination }
    }),
  guards: ({ source, destination }) => [source.key, destination],
  permissions: (_input, { source, destination }) => [
    { action: "kms:ReEncryptFrom", resource: source.key },
    { action: "kms:ReEncryptTo", resource: destination }
  ],
  conditions: (input, { source, destination }, { action }) => ({
    "kms:ReEncryptOnSameKey": String(source.key.arn === destination.arn),
    ...Conditions.ofEncryption(
      action === "kms:ReEncryptFrom"
        ? { EncryptionAlgorithm: input.SourceEncryptionAlgorithm, EncryptionContext: input.SourceEncryptionContext }
        : {
          EncryptionAlgorithm: input.DestinationEncryptionAlgorithm,
          EncryptionContext: input.DestinationEncryptionContext
        }
    )
  }),
  decide: Effect.fnUntraced(function*({ input, records: { source, destination } }) {
    yield* UnderKey.needAlgorithm(source.key.record, input.SourceEncryptionAlgorithm)
    yield* UnderKey.needAlgorithm(destination.record, input.DestinationEncryptionAlgorithm)
    const from = yield* Effect.fromResult(EncryptionContext.serialize(input.SourceEncryptionContext))
    const to = yield* Effect.fromResult(EncryptionContext.serialize(input.DestinationEncryptionContext))
    const blob = yield* needOwnBlob(source)
    const made = yield* Effect.acquireUseRelease(
      UnderKey.decrypt(source.key.record, from, blob),
      (plaintext) => UnderKey.encrypt(destination.record, to, plaintext),
      (plaintext) => Effect.sync(() => plaintext.fill(0))
    )
    return reply({
      CiphertextBlob: made.blob,
      SourceKeyId: source.key.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT" as const,
      DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT" as const,
      SourceKeyMaterialId: blob.materialId,
      DestinationKeyMaterialId: made.materialId
    })
  })
})
