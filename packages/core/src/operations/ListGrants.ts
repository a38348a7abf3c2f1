import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type GrantRecord, isGrantId } from "../domain/GrantRecord.ts"
import { keyId, limit, marker, optional } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { InvalidGrantIdException, ValidationException } from "../Errors.ts"
import { byGrantee, byKey, grantOf } from "../interpreter/Grants.ts"
import { always } from "../lifecycle/Row.ts"
import { grantId, grantsPage, needPrincipal, principalId, serviceRefusal, told } from "./internal/Grant.ts"
import { pageOf } from "./internal/GrantPage.ts"
import { type Asked, type Find, type Listed, type LoadedKey, operation, reply } from "./Operation.ts"

const input = Schema.Struct({
  Limit: limit(100),
  Marker: marker,
  KeyId: keyId,
  GrantId: optional(grantId),
  GranteePrincipal: optional(principalId),
  GranteeServicePrincipal: optional(principalId)
})

type Input = typeof input.Type

const needFilter = Effect.fnUntraced(function*(
  { GranteePrincipal, GranteeServicePrincipal, GrantId }: Input,
  asked: Asked
) {
  if (GranteePrincipal !== undefined && GranteeServicePrincipal !== undefined) {
    return yield* new ValidationException({
      message: "You can specify either GranteePrincipal or GranteeServicePrincipal, but not both."
    })
  }
  if (GranteeServicePrincipal !== undefined) {
    const refusal = serviceRefusal(asked, "kms:ListGrants", GranteeServicePrincipal)
    if (refusal !== undefined) return yield* refusal
  }
  if (GranteePrincipal !== undefined) yield* needPrincipal(GranteePrincipal)
  if (GrantId !== undefined && !isGrantId(GrantId)) {
    return yield* new InvalidGrantIdException({
      message: `'${GrantId}' is no grant ID: these have 64 hexadecimal digits.`
    })
  }
  return GranteePrincipal ?? GranteeServicePrincipal
})

/** The grants of the page that are to the grantee, if one is asked for. */
const find = Effect.fnUntraced(function*(
  finder: Find,
  { record }: LoadedKey,
  { GrantId, Limit = 50 }: Input,
  grantee: string | undefined,
  after: string | undefined
) {
  const isWanted = (grant: GrantRecord) => grantee === undefined || grant.grantee === grantee
  if (GrantId === undefined) {
    const index = grantee === undefined ? byKey(record) : byGrantee(record, grantee)
    const page = yield* pageOf(finder, index, after, Limit)
    return { ...page, items: page.items.filter(isWanted) } satisfies Listed<GrantRecord>
  }
  const grant = yield* grantOf(finder, record, GrantId)
  const items = grant === undefined || !isWanted(grant.content) ? [] : [grant.content]
  return { items, next: undefined } satisfies Listed<GrantRecord>
})

/** Lists the grants of a KMS key: all, the one with an id, or those of one grantee. */
export const ListGrants = operation({
  name: "ListGrants",
  actions: ["kms:ListGrants"],
  readOnly: true,
  input,
  output: grantsPage,
  states: always,
  load: (input, finder, asked) =>
    Effect.gen(function*() {
      const grantee = yield* needFilter(input, asked)
      const key = yield* finder.key(input.KeyId, { action: "kms:ListGrants", aliases: false, crossAccount: true })
      const listing = Page.listing("ListGrants", asked, `${key.arn} ${grantee ?? ""}`)
      const after = yield* Page.start(listing, input.Marker)
      const page: Listed<GrantRecord> = yield* find(finder, key, input, grantee, after)
      return { key, page, listing, forService: asked.caller.viaService !== undefined }
    }),
  guards: ({ key }) => [key],
  permissions: (_input, { key }) => [{ action: "kms:ListGrants", resource: key }],
  conditions: (_input, { forService }) => ({ "kms:GrantIsForAWSResource": String(forService) }),
  decide: ({ records: { listing, page } }) =>
    Effect.map(Page.ending(listing, page.next), (ending) => reply({ Grants: page.items.map(told), ...ending }))
})
