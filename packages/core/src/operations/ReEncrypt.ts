import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as UnderKey from "../crypto/UnderKey.ts"
import * as Conditions from "../domain/Conditions.ts"
import { blob, encryptionAlgorithm, encryptionContext, grantTokens, keyId, optional, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { dryRunInput, ignoresCiphertext, loadSource, sourcePermission } from "./internal/Source.ts"
import { isAbsent, operation, reply } from "./Operation.ts"

/** Decrypts a ciphertext and encrypts it again, under another key or context, without showing the plaintext. */
export const ReEncrypt = operation({
  name: "ReEncrypt",
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
    ...dryRunInput
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
  countsAsUse: true,
  load: (input, find) =>
    Effect.gen(function*() {
      const source = yield* loadSource(find, "kms:ReEncryptFrom", input, "sourceKeyId", input.SourceKeyId)
      const named = { action: "kms:ReEncryptTo", aliases: true, crossAccount: true }
      // Who may not use the source learns nothing of the destination.
      const destination = yield* Effect.catchTag(
        find.key(input.DestinationKeyId, named),
        ["AccessDeniedException", "NotFoundException"],
        (absent) => Effect.succeed(absent)
      )
      return { source, destination }
    }),
  guards: ({ source, destination }) => isAbsent(destination) ? [source.key] : [source.key, destination],
  permissions: (_input, { source, destination }) => [
    sourcePermission("kms:ReEncryptFrom", source),
    { action: "kms:ReEncryptTo", resource: destination }
  ],
  conditions: (input, { source, destination }, { action }) => ({
    "kms:ReEncryptOnSameKey": String(!isAbsent(destination) && source.key.arn === destination.arn),
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
    if (isAbsent(destination)) return yield* destination
    const from = {
      algorithm: input.SourceEncryptionAlgorithm,
      context: input.SourceEncryptionContext,
      operation: "ReEncrypt"
    }
    const to = {
      algorithm: input.DestinationEncryptionAlgorithm,
      context: input.DestinationEncryptionContext,
      operation: "ReEncrypt"
    }
    yield* UnderKey.needDecrypting(source.key.record)
    // What is wrong with the destination shows before anything is decrypted.
    yield* UnderKey.check(destination.record, to)
    if (ignoresCiphertext(input)) {
      yield* UnderKey.checkSource(source.key.record, from)
      return reply({})
    }
    const made = yield* Effect.acquireUseRelease(
      UnderKey.decrypt(source.key, from, source.bytes, source.blob),
      ({ materialId, plaintext }) =>
        Effect.map(
          UnderKey.encrypt(destination, to, plaintext),
          (encrypted) => ({ ...encrypted, sourceMaterialId: materialId })
        ),
      ({ plaintext }) => Effect.sync(() => plaintext.fill(0))
    )
    return reply({
      CiphertextBlob: made.blob,
      SourceKeyId: source.key.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: from.algorithm ?? UnderKey.defaultAlgorithm,
      DestinationEncryptionAlgorithm: to.algorithm ?? UnderKey.defaultAlgorithm,
      ...(made.sourceMaterialId === undefined ? {} : { SourceKeyMaterialId: made.sourceMaterialId }),
      ...(made.materialId === undefined ? {} : { DestinationKeyMaterialId: made.materialId })
    })
  })
})
