import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PreparedKey, UnusableKey } from "../crypto/KeyKind.ts"
import { kindOf, unavailable, withPrivateKey } from "../crypto/OfKind.ts"
import { needAlgorithm, needUsage } from "../domain/KeyUse.ts"
import { blob, flag, grantTokens, keyId, oneOf, optional, recipient, text } from "../domain/Members.ts"
import { keyAgreementAlgorithms, origins } from "../domain/Specs.ts"
import { type KeyUnavailableException, ValidationException } from "../Errors.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

const algorithm = oneOf(keyAgreementAlgorithms)

/** Derives the secret that a key pair shares with the owner of another public key, by elliptic-curve Diffie-Hellman. */
export const DeriveSharedSecret = operation({
  name: "DeriveSharedSecret",
  readOnly: true,
  input: Schema.Struct({
    KeyId: keyId,
    KeyAgreementAlgorithm: algorithm,
    PublicKey: blob({ min: 1, max: 8192 }),
    GrantTokens: optional(grantTokens),
    DryRun: optional(flag),
    Recipient: optional(recipient)
  }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    SharedSecret: optional(blob({})),
    CiphertextForRecipient: optional(blob({})),
    KeyAgreementAlgorithm: optional(algorithm),
    KeyOrigin: optional(oneOf(origins))
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:DeriveSharedSecret", { aliases: true, crossAccount: true }),
  conditions: (input) => ({ "kms:KeyAgreementAlgorithm": input.KeyAgreementAlgorithm }),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    yield* needUsage(key.record, "KEY_AGREEMENT", "DeriveSharedSecret")
    const kind = yield* kindOf(key.record)
    yield* needAlgorithm(key.record, input.KeyAgreementAlgorithm, kind.usages.KEY_AGREEMENT)
    const derive = ({ agree }: PreparedKey): Effect.Effect<Uint8Array, UnusableKey | KeyUnavailableException> =>
      agree === undefined ? Effect.fail(unavailable(key.record)) : agree(input.PublicKey)
    const secret = yield* Effect.catchTag(
      withPrivateKey(key.record, kind, derive),
      "UnusableKey",
      // AWS gives no message here.
      () => Effect.fail(new ValidationException())
    )
    return reply({
      KeyId: key.arn,
      SharedSecret: secret,
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: key.record.origin
    })
  })
})
