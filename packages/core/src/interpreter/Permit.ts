/** Whether the caller is given a permission: policies first, and grants where policies neither allow nor deny it. */
import * as Effect from "effect/Effect"
import type { GrantRecord } from "../domain/GrantRecord.ts"
import { InvalidGrantTokenException } from "../Errors.ts"
import type { GrantAnswer, GrantQuestion } from "../groups/GrantBook.ts"
import type { Asked, Conditions, LoadedKey, LoadError, Operation, Permission } from "../operations/Operation.ts"
import * as Authorize from "./Authorize.ts"
import type { Parts } from "./LoadKey.ts"
import type { Loaded } from "./Reader.ts"

/** A call, as far as permissions depend on it. */
export interface Asking {
  readonly operation: Operation
  readonly asked: Asked
  readonly input: object
  /** What the operation loaded. */
  readonly records: unknown
  /** The grants that the request's tokens name. */
  readonly tokens: ReadonlyArray<Loaded<GrantRecord>>
}

const none: ReadonlyArray<never> = []

/** The grants that the tokens name; InvalidGrantTokenException for one that names none, and where no grants are carried. */
export const named = (
  parts: Parts,
  tokens: ReadonlyArray<string> | undefined,
  now: number
): Effect.Effect<ReadonlyArray<Loaded<GrantRecord>>, InvalidGrantTokenException | LoadError> => {
  if (tokens === undefined || tokens.length === 0) return Effect.succeed(none)
  return parts.grants === undefined
    ? Effect.fail(new InvalidGrantTokenException({ message: "The grant token names no grant that is in force." }))
    : parts.grants.named(parts, tokens, now)
}

/** The condition keys that the request brings to a permission. */
export const requestedBy = ({ input, operation, records }: Asking, permission: Permission) => (): Conditions =>
  operation.conditions?.(input, records, permission) ?? {}

/** What is asked of grants. */
export const grantQuestion = (asking: Asking, permission: Permission, key: LoadedKey): GrantQuestion => ({
  asked: asking.asked,
  permission,
  key,
  requested: requestedBy(asking, permission),
  tokens: asking.tokens
})

/** The answer, with what decided it, and the grant that did. */
export const permit = (
  parts: Parts,
  asking: Asking,
  permission: Permission,
  resource: LoadedKey | string
): Effect.Effect<GrantAnswer, LoadError> => {
  const verdict = Authorize.ask(permission.action, resource, asking.asked, requestedBy(asking, permission))
  return typeof resource === "string" || parts.grants === undefined
    ? Effect.succeed({ verdict })
    : parts.grants.answer(parts, grantQuestion(asking, permission, resource), verdict)
}
