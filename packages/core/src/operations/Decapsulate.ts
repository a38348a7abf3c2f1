import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PreparedKey, UnusableKey } from "../crypto/KeyKind.ts"
import { unavailable, withPrivateKey } from "../crypto/OfKind.ts"
import { blob, optional, text } from "../domain/Members.ts"
import { InvalidCiphertextException, type KeyUnavailableException } from "../Errors.ts"
import { cryptographic } from "../lifecycle/Row.ts"
import { encapsulatingKind, encapsulationAlgorithm, encapsulationInput } from "./internal/Encapsulation.ts"
import { aboutKey, operation, reply } from "./Operation.ts"

/**
 * Gives the secret that was encapsulated for the ML-KEM key. Of a ciphertext that was changed it gives another secret, and
 * no error (FIPS 203, implicit rejection); only the length can be wrong.
 */
export const Decapsulate = operation({
  name: "Decapsulate",
  readOnly: true,
  input: Schema.Struct({ ...encapsulationInput, SharedSecretCiphertextBlob: blob({ min: 1, max: 6144 }) }),
  output: Schema.Struct({
    KeyId: optional(text({})),
    SharedSecret: optional(blob({})),
    EncapsulationAlgorithm: optional(encapsulationAlgorithm)
  }),
  states: cryptographic,
  countsAsUse: true,
  ...aboutKey("kms:Decapsulate", { aliases: true, crossAccount: true }),
  decide: Effect.fnUntraced(function*({ input, records: { key } }) {
    const kind = yield* encapsulatingKind(key, "Decapsulate", input.EncapsulationAlgorithm)
    const open = ({ decapsulate }: PreparedKey): Effect.Effect<Uint8Array, UnusableKey | KeyUnavailableException> =>
      decapsulate === undefined
        ? Effect.fail(unavailable(key.record))
        : decapsulate(input.SharedSecretCiphertextBlob)
    const secret = yield* Effect.catchTag(
      withPrivateKey(key.record, kind, open),
      "UnusableKey",
      () => Effect.fail(new InvalidCiphertextException())
    )
    return reply({
      KeyId: key.arn,
      SharedSecret: secret,
      EncapsulationAlgorithm: input.EncapsulationAlgorithm
    })
  })
})
