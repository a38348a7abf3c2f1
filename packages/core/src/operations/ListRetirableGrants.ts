import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { limit, marker, optional } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { ValidationException } from "../Errors.ts"
import { byRetiring } from "../interpreter/Grants.ts"
import { grantsPage, needPrincipal, principalId, refused, serviceRefusal, told } from "./internal/Grant.ts"
import { pageOf } from "./internal/GrantPage.ts"
import { type Asked, operation, reply } from "./Operation.ts"

const action = "kms:ListRetirableGrants"

const input = Schema.Struct({
  Limit: limit(100),
  Marker: marker,
  RetiringPrincipal: optional(principalId),
  RetiringServicePrincipal: optional(principalId)
})

/** Who could retire the grants, and the refusal of a caller who may not ask for that one. */
const retiringOf = Effect.fnUntraced(function*(
  { RetiringPrincipal, RetiringServicePrincipal }: typeof input.Type,
  asked: Asked
) {
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal === undefined) {
    const principal = yield* needPrincipal(RetiringPrincipal)
    const refusal = principal.account === asked.account ? undefined : refused(asked.caller, action, RetiringPrincipal)
    return { retiring: RetiringPrincipal, refusal }
  }
  if (RetiringPrincipal === undefined && RetiringServicePrincipal !== undefined) {
    const refusal = serviceRefusal(asked, action, RetiringServicePrincipal)
    return { retiring: RetiringServicePrincipal, refusal }
  }
  return yield* new ValidationException({
    message: "You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both."
  })
})

/** Lists the grants that a principal of the caller's account may retire, whosever the keys are. */
export const ListRetirableGrants = operation({
  name: "ListRetirableGrants",
  actions: [action],
  readOnly: true,
  input,
  output: grantsPage,
  states: undefined,
  load: (input, find, asked) =>
    Effect.gen(function*() {
      const whose = yield* retiringOf(input, asked)
      const listing = Page.listing("ListRetirableGrants", asked, whose.retiring)
      const after = yield* Page.start(listing, input.Marker)
      const page = yield* pageOf(find, byRetiring(asked.region, whose.retiring), after, input.Limit ?? 50)
      const own = page.items.filter(({ retiring }) => retiring === whose.retiring)
      // Until they are erased, grants are stored longer than their key is there.
      const items = yield* Effect.filter(own, ({ account, keyId }) =>
        Effect.map(find.keyOf(account, keyId), (key) => key !== undefined))
      return { ...whose, listing, page: { ...page, items } }
    }),
  guards: () => [],
  permissions: (_input, { refusal, retiring }) => [{ action, resource: refusal ?? retiring }],
  decide: ({ records: { listing, page } }) =>
    Effect.map(Page.ending(listing, page.next), (ending) => reply({ Grants: page.items.map(told), ...ending }))
})
