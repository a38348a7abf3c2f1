/** Every operation of the registry as a method, for one caller in one Region: `client.encrypt({ KeyId, Plaintext })`. */
import type * as Effect from "effect/Effect"
import { uncapitalize } from "./domain/Uncapitalize.ts"
import type { Kms, Session } from "./Kms.ts"
import type { ErrorOf, InputOf, OutputOf } from "./operations/Operation.ts"
import { type OperationName, operations, type Registry } from "./operations/Registry.ts"

/** A method's arguments: the input may be left out where no member is needed. */
export type Arguments<Input> = object extends Input ? [input?: Input] : [input: Input]

/** The operations as methods, named as in the AWS SDK, each with exactly the errors that it can give. */
export type Client = {
  readonly [Name in OperationName as Uncapitalize<Name>]: (
    ...args: Arguments<InputOf<Registry[Name]>>
  ) => Effect.Effect<OutputOf<Registry[Name]>, ErrorOf<Registry[Name]>>
}

/** `GenerateDataKey` is `generateDataKey`. */
export const methodName = uncapitalize

/** The operations as methods for this caller. */
export function make(kms: Kms["Service"], session: Session): Client
export function make(kms: Kms["Service"], session: Session): unknown {
  return Object.fromEntries(
    operations.map((operation) => [
      methodName(operation.name),
      (input: object = {}) => kms.execute(operation, input, session)
    ])
  )
}
