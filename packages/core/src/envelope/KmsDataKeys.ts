/**
 * Data keys out of KMS keys, as the AWS Encryption SDK's AWS KMS keyrings make and find them, so that messages travel
 * between it and Keystead. Source: AWS Encryption SDK specification, framework/aws-kms/aws-kms-keyring.md.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Client } from "../Client.ts"
import * as Arn from "../domain/Arn.ts"
import * as Utf8 from "../Utf8.ts"
import { committingAes256 } from "./AlgorithmSuite.ts"
import type { EncryptedDataKey, NewDataKeys, OldDataKeys } from "./DataKeys.ts"

/** How a message names the service that encrypted its data key. */
export const providerId = "aws-kms"

/** No data key of the message is encrypted under a KMS key. */
export class NoKmsDataKey extends Data.TaggedError("NoKmsDataKey") {
  override get message(): string {
    return "None of the message's data keys is encrypted under a KMS key. Decrypt it with what it was encrypted with."
  }
}

type Failure<Method extends keyof Client> = Effect.Error<ReturnType<Client[Method]>>

/** Why a data key cannot be made. */
export type GenerateError = Failure<"generateDataKey">

/** Why no data key of a message can be decrypted: the first one's reason. */
export type DecryptError = Failure<"decrypt"> | NoKmsDataKey

const lacking = (what: string) => Effect.die(new Error(`The KMS gave a data key without its ${what}`))

/** New data keys under a KMS key, named by id, ARN or alias. A message names the key by the ARN that the KMS gives. */
export const under = (kms: Pick<Client, "generateDataKey">, keyId: string): NewDataKeys<GenerateError> => ({
  generate: Effect.fnUntraced(function*(context) {
    const reply = yield* kms.generateDataKey({
      KeyId: keyId,
      NumberOfBytes: committingAes256.dataKeyLength,
      EncryptionContext: { ...context }
    })
    if (reply.Plaintext === undefined) return yield* lacking("plaintext")
    if (reply.CiphertextBlob === undefined) return yield* lacking("ciphertext")
    if (reply.KeyId === undefined) return yield* lacking("key")
    const encrypted = { providerId, providerInfo: Utf8.encode(reply.KeyId), ciphertext: reply.CiphertextBlob }
    return { plaintext: reply.Plaintext, encrypted: [encrypted] }
  })
})

/** An encrypted data key's KMS key, by its ARN; undefined if it names none. */
const arnOf = (encrypted: EncryptedDataKey): string | undefined => {
  const arn = encrypted.providerId === providerId ? Utf8.decode(encrypted.providerInfo) : undefined
  return arn !== undefined && Arn.parse(arn)?.resource === "key" ? arn : undefined
}

/**
 * The data keys of messages, whichever KMS key they are encrypted under, as far as the caller may use it: each is tried
 * in the message's order, named by its ARN.
 */
export const any = (kms: Pick<Client, "decrypt">): OldDataKeys<DecryptError> => ({
  decrypt: (encrypted, context) => {
    const attempts = encrypted.flatMap((dataKey) => {
      const KeyId = arnOf(dataKey)
      return KeyId === undefined ? [] : [
        Effect.flatMap(
          kms.decrypt({ KeyId, CiphertextBlob: dataKey.ciphertext, EncryptionContext: { ...context } }),
          ({ Plaintext }) => Plaintext === undefined ? lacking("plaintext") : Effect.succeed(Plaintext)
        )
      ]
    })
    const [first, ...others] = attempts
    if (first === undefined) return Effect.fail(new NoKmsDataKey())
    return Effect.catch(first, (reason) =>
      others.reduceRight(
        (rest: Effect.Effect<Uint8Array, DecryptError>, attempt) => Effect.catch(attempt, () => rest),
        Effect.fail(reason)
      ))
  }
})
