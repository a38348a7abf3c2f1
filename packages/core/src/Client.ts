/** Operations as methods, for one caller in one Region: `client.encrypt({ KeyId, Plaintext })`. */
import type * as Effect from "effect/Effect"
import { uncapitalize } from "./domain/Uncapitalize.ts"
import type { Operations } from "./groups/Group.ts"
import type { Kms, Session } from "./Kms.ts"
import type { ErrorOf, InputOf, OutputOf } from "./operations/Operation.ts"
import type { Registry } from "./operations/Registry.ts"

/** A method's arguments: the input may be left out where no member is needed. */
export type Arguments<Input> = object extends Input ? [input?: Input] : [input: Input]

/** Operations as methods, named as in the AWS SDK, each with exactly the errors that it can give. */
export type Client<Named extends Operations = Registry> = {
  readonly [Name in keyof Named & string as Uncapitalize<Name>]: (
    ...args: Arguments<InputOf<Named[Name]>>
  ) => Effect.Effect<OutputOf<Named[Name]>, ErrorOf<Named[Name]>>
}

/** `GenerateDataKey` is `generateDataKey`. */
export const methodName = uncapitalize

/**
 * Operations as methods for this caller: those of a group (`symmetric.operations`), of several groups together, or of the
 * whole registry.
 */
export function make<Named extends Operations>(
  kms: Kms["Service"],
  session: Session,
  operations: Named
): Client<Named>
export function make(kms: Kms["Service"], session: Session, operations: Operations): unknown {
  return Object.fromEntries(
    Object.values(operations).map((operation) => [
      methodName(operation.name),
      (input: object = {}) => kms.execute(operation, input, session)
    ])
  )
}
