/** How calls fail, as text. */
import * as Client from "@keystead/core/Client"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"

interface Failing {
  readonly _tag: string
  readonly message: string
}

/** `tag: message` of the failure; the test fails if there is none. */
export const failure = <A>(call: Effect.Effect<A, Failing>): Effect.Effect<string, A> =>
  Effect.map(Effect.flip(call), ({ _tag, message }) => `${_tag}: ${message}`)

/** Calls an operation by its name, with members that its type may not have. */
export const call = (
  client: Client.Client,
  operation: OperationName,
  input: unknown
): Effect.Effect<unknown, Failing> => client[Client.methodName(operation)](input as never)

/** How an operation fails, called by its name. */
export const failureOf = (
  client: Client.Client,
  operation: OperationName,
  input: unknown
): Effect.Effect<string, unknown> => failure(call(client, operation, input))
