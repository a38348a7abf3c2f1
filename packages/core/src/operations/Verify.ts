import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { publicKeyOf, unavailable } from "../crypto/OfKind.ts"
import { blob, flag, optional, text } from "../domain/Members.ts"
import { KMSInvalidSignatureException } from "../Errors.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { prepareSigned, signingAlgorithm, signingConditions, signingInput } from "./internal/Signing.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Says whether a signature is that of the message under the key: it is an error if it is not. */
export const Verify = operation({
  name: "Verify",
  readOnly: true,
  input: Schema.Struct({ ...signingInput, Signature: blob({ min: 1, max: 6144 }) }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    SignatureValid: optional(flag),
    SigningAlgorithm: optional(signingAlgorithm)
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:Verify", { aliases: true, crossAccount: true }),
  conditions: signingConditions,
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const { kind, signed } = yield* prepareSigned(key, "Verify", input)
    if (kind.verify === undefined) return yield* unavailable(key.record)
    const valid = yield* kind.verify(yield* publicKeyOf(key.record), signed, input.Signature)
    if (!valid) return yield* new KMSInvalidSignatureException()
    return reply({ KeyId: key.arn, SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm })
  })
})
