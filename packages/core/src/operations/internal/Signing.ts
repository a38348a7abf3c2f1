/** What Sign and Verify share: their members, and which messages fit which algorithm. */
import * as Effect from "effect/Effect"
import type { Signed } from "../../crypto/KeyKind.ts"
import { kindOf } from "../../crypto/OfKind.ts"
import { needAlgorithm, needUsage } from "../../domain/KeyUse.ts"
import { blob, flag, grantTokens, keyId, oneOf, optional } from "../../domain/Members.ts"
import { type SigningAlgorithm, signingAlgorithms } from "../../domain/Specs.ts"
import { ValidationException } from "../../Errors.ts"
import type { LoadedKey } from "../Operation.ts"

/** How a key signs. */
export const signingAlgorithm = oneOf(signingAlgorithms)

/** The members that both take. */
export const signingInput = {
  KeyId: keyId,
  Message: blob({ min: 1, max: 4096 }),
  MessageType: optional(oneOf(["RAW", "DIGEST", "EXTERNAL_MU"])),
  GrantTokens: optional(grantTokens),
  SigningAlgorithm: signingAlgorithm,
  DryRun: optional(flag)
}

interface Input {
  readonly Message: Uint8Array
  readonly MessageType?: Signed["messageType"] | undefined
  readonly SigningAlgorithm: SigningAlgorithm
}

/** The condition keys that both bring; RAW counts as given. */
export const signingConditions = (input: Input) => ({
  "kms:SigningAlgorithm": input.SigningAlgorithm,
  "kms:MessageType": input.MessageType ?? "RAW"
})

/** The only message type of the algorithms that do not take both RAW and DIGEST. Source: AWS KMS API, Sign. */
const messageTypes: { readonly [Algorithm in SigningAlgorithm]?: ReadonlyArray<Signed["messageType"]> } = {
  ED25519_SHA_512: ["RAW"],
  ED25519_PH_SHA_512: ["DIGEST"],
  ML_DSA_SHAKE_256: ["RAW", "EXTERNAL_MU"]
}
const rawOrDigest: ReadonlyArray<Signed["messageType"]> = ["RAW", "DIGEST"]

/** Bytes of the hash that the algorithm is named after: the last three digits of its name, in bits. */
const digestLength = (algorithm: SigningAlgorithm): number => Number(algorithm.slice(-3)) / 8

const muLength = 64

const lengthOf = (messageType: Signed["messageType"], algorithm: SigningAlgorithm): number | undefined => {
  if (messageType === "EXTERNAL_MU") return muLength
  return messageType === "DIGEST" ? digestLength(algorithm) : undefined
}

/** What is signed, if it fits the algorithm; ValidationException if not. */
const signedOf = (
  { Message, MessageType: messageType = "RAW", SigningAlgorithm: algorithm }: Input
): Effect.Effect<Signed, ValidationException> => {
  const possible = messageTypes[algorithm] ?? rawOrDigest
  if (!possible.includes(messageType)) {
    return Effect.fail(
      new ValidationException({
        message: `Algorithm ${algorithm} does not sign messages of type ${messageType}: give one of ${
          possible.join(", ")
        }.`
      })
    )
  }
  const length = lengthOf(messageType, algorithm)
  return length === undefined || Message.length === length
    ? Effect.succeed({ algorithm, message: Message, messageType })
    : Effect.fail(new ValidationException({ message: `Digest is invalid length for algorithm ${algorithm}.` }))
}

/** What stands behind the key, and what is to be signed or was, if key, algorithm and message fit each other. */
export const prepareSigned = Effect.fnUntraced(function*({ record }: LoadedKey, operation: string, input: Input) {
  yield* needUsage(record, "SIGN_VERIFY", operation)
  const kind = yield* kindOf(record)
  yield* needAlgorithm(record, input.SigningAlgorithm, kind.usages.SIGN_VERIFY)
  return { kind, signed: yield* signedOf(input) }
})
