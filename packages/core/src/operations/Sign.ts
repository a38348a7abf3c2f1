import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Crypto } from "../crypto/Crypto.ts"
import { unavailable, withPrivateKey } from "../crypto/OfKind.ts"
import { blob, optional, text } from "../domain/Members.ts"
import type { KeyUnavailableException, UnsupportedOperationException } from "../Errors.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { prepareSigned, signingAlgorithm, signingConditions, signingInput } from "./internal/Signing.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Signs a message of up to 4,096 bytes, or the digest of one of any length. */
export const Sign = operation({
  name: "Sign",
  readOnly: true,
  input: Schema.Struct(signingInput),
  output: Schema.Struct({
    KeyId: optional(text({})),
    Signature: optional(blob({})),
    SigningAlgorithm: optional(signingAlgorithm)
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:Sign", { aliases: true, crossAccount: true }),
  conditions: signingConditions,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const { kind, signed } = yield* prepareSigned(key, "Sign", input)
    const signature = yield* withPrivateKey(
      key.record,
      kind,
      ({ sign }): Effect.Effect<Uint8Array, KeyUnavailableException | UnsupportedOperationException, Crypto> =>
        sign === undefined ? Effect.fail(unavailable(key.record)) : sign(signed)
    )
    return reply({ KeyId: key.arn, Signature: signature, SigningAlgorithm: input.SigningAlgorithm })
  })
})
