/**
 * Data keys out of KMS keys, as the AWS Encryption SDK's AWS KMS keyrings make and find them, so that messages travel
 * between it and Keystead. Source: AWS Encryption SDK specification, framework/aws-kms/aws-kms-keyring.md.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
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

/** What makes data keys: a `Client`, or anything else that calls a KMS. */
export interface GeneratesDataKeys<E, R> {
  readonly generateDataKey: (input: {
    KeyId: string
    NumberOfBytes: number
    EncryptionContext: Record<string, string>
  }) => Effect.Effect<
    {
      readonly KeyId?: string | undefined
      readonly Plaintext?: Uint8Array | undefined
      readonly CiphertextBlob?: Uint8Array | undefined
    },
    E,
    R
  >
}

/** What decrypts data keys: a `Client`, or anything else that calls a KMS. */
export interface Decrypts<E, R> {
  readonly decrypt: (input: {
    KeyId: string
    CiphertextBlob: Uint8Array
    EncryptionContext: Record<string, string>
  }) => Effect.Effect<{ readonly Plaintext?: Uint8Array | undefined }, E, R>
}

const lacking = (what: string) => Effect.die(new Error(`The KMS gave a data key without its ${what}`))

/** New data keys under a KMS key, named by id, ARN or alias. A message names the key by the ARN that the KMS gives. */
export const under = <E, R>(kms: GeneratesDataKeys<E, R>, keyId: string): NewDataKeys<E, R> => ({
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
 * in the message's order, named by its ARN. If none can be decrypted, it fails as the first one did.
 */
export const any = <E, R>(kms: Decrypts<E, R>): OldDataKeys<E | NoKmsDataKey, R> => ({
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
        (rest: Effect.Effect<Uint8Array, E, R>, attempt) => Effect.catch(attempt, () => rest),
        Effect.fail(reason)
      ))
  }
})
