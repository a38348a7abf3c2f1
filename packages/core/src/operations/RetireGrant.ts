import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { flag, keyId, optional, text } from "../domain/Members.ts"
import { InvalidGrantTokenException, ValidationException } from "../Errors.ts"
import { grantOfToken, notInForce } from "../interpreter/Grants.ts"
import { always } from "../lifecycle/Row.ts"
import { end, endingOf, findEnding, grantId, type NamedGrant, needEnding } from "./internal/Grant.ts"
import { type Asked, type Find, operation } from "./Operation.ts"

const action = "kms:RetireGrant"

const input = Schema.Struct({
  GrantToken: optional(text({ min: 1, max: 8192 })),
  KeyId: optional(keyId),
  GrantId: optional(grantId),
  DryRun: optional(flag)
})

const byToken = Effect.fnUntraced(function*(token: string, find: Find, { region }: Asked) {
  const grant = yield* grantOfToken(find, token)
  const { account, keyId } = grant.content
  if (grant.content.region !== region) {
    return yield* new InvalidGrantTokenException({ message: `The grant token is not one of Region ${region}.` })
  }
  const key = yield* find.keyOf(account, keyId)
  if (key === undefined) return yield* notInForce()
  const found: NamedGrant = { key, ending: yield* endingOf(find, grant) }
  return found
})

const byId = Effect.fnUntraced(function*(keyId: string, id: string, find: Find) {
  const key = yield* find.key(keyId, { action, aliases: false, crossAccount: true })
  const found: NamedGrant = { key, ending: yield* findEnding(find, key, id) }
  return found
})

const ambiguous = () =>
  new ValidationException({
    message: "Specify the grant to retire by its GrantToken, or by both GrantId and KeyId, and not by both."
  })

const load = Effect.fnUntraced(
  function*({ GrantId, GrantToken, KeyId }: typeof input.Type, find: Find, asked: Asked) {
    if (GrantToken === undefined && GrantId !== undefined && KeyId !== undefined) {
      return yield* byId(KeyId, GrantId, find)
    }
    if (GrantToken === undefined || GrantId !== undefined || KeyId !== undefined) return yield* ambiguous()
    return yield* byToken(GrantToken, find, asked)
  }
)

/** Ends a grant that is not needed any more. The grant says who may; its key's policy does not matter. */
export const RetireGrant = operation({
  name: "RetireGrant",
  actions: [action],
  readOnly: false,
  input,
  output: Schema.Void,
  states: always,
  load,
  guards: ({ key }) => [key],
  permissions: (_input, { ending, key }) => [{ action, resource: key, retired: ending?.grant.content }],
  decide: ({ input, records }) =>
    Effect.map(needEnding(records, input.GrantId ?? ""), (found) => ({ output: undefined, changes: end(found) }))
})
