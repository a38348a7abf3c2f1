import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Crypto } from "../crypto/Crypto.ts"
import { blob, integer, optional, recipient, text } from "../domain/Members.ts"
import { UnsupportedOperationException, ValidationException } from "../Errors.ts"
import { aboutAccount, operation, reply } from "./Operation.ts"

/** Gives 1 to 1,024 random bytes. */
export const GenerateRandom = operation({
  name: "GenerateRandom",
  readOnly: true,
  input: Schema.Struct({
    NumberOfBytes: optional(integer({ min: 1, max: 1024 })),
    CustomKeyStoreId: optional(text({ min: 1, max: 64 })),
    Recipient: optional(recipient)
  }),
  output: Schema.Struct({ Plaintext: optional(blob({})), CiphertextForRecipient: optional(blob({})) }),
  states: undefined,
  load: () => Effect.succeed({}),
  ...aboutAccount("kms:GenerateRandom"),
  decide: Effect.fnUntraced(function*({ input }) {
    if (input.CustomKeyStoreId !== undefined) {
      return yield* new UnsupportedOperationException({
        message: "Only CloudHSM key stores have random bytes: call without CustomKeyStoreId."
      })
    }
    if (input.NumberOfBytes === undefined) {
      return yield* new ValidationException({ message: "NumberOfBytes is required." })
    }
    return reply({ Plaintext: yield* (yield* Crypto).randomBytes(input.NumberOfBytes) })
  })
})
