import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { publicKeyOf, unavailable } from "../crypto/OfKind.ts"
import { blob, optional, text } from "../domain/Members.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { encapsulatingKind, encapsulationAlgorithm, encapsulationInput } from "./internal/Encapsulation.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/** Makes a secret of 32 bytes, in clear and encapsulated, so that only the owner of the ML-KEM key can have it again. */
export const Encapsulate = operation({
  name: "Encapsulate",
  readOnly: true,
  input: Schema.Struct(encapsulationInput),
  output: Schema.Struct({
    KeyId: optional(text({})),
    SharedSecret: optional(blob({})),
    SharedSecretCiphertextBlob: optional(blob({})),
    EncapsulationAlgorithm: optional(encapsulationAlgorithm)
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:Encapsulate", { aliases: true, crossAccount: true }),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const kind = yield* encapsulatingKind(key, "Encapsulate", input.EncapsulationAlgorithm)
    if (kind.encapsulate === undefined) return yield* unavailable(key.record)
    const made = yield* kind.encapsulate(yield* publicKeyOf(key.record))
    return reply({
      KeyId: key.arn,
      SharedSecret: made.sharedSecret,
      SharedSecretCiphertextBlob: made.ciphertext,
      EncapsulationAlgorithm: input.EncapsulationAlgorithm
    })
  })
})
