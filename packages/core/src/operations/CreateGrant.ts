import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import * as Schema from "effect/Schema"
import { Crypto } from "../crypto/Crypto.ts"
import * as GrantToken from "../crypto/GrantToken.ts"
import { countId, type GrantRecord, recordId } from "../domain/GrantRecord.ts"
import { flag, grantTokens, keyId, optional, patternedText, text } from "../domain/Members.ts"
import { LimitExceededException } from "../Errors.ts"
import { countOf, entriesOf, grantNamed, idOfName } from "../interpreter/Grants.ts"
import { row } from "../lifecycle/Row.ts"
import { constraints, operationList, principalId } from "./internal/Grant.ts"
import { type Creation, draftOf, grantConditions, needFit, needWanted, termsOf } from "./internal/GrantRequest.ts"
import { type Asked, type Find, operation, type RecordChange, type Request } from "./Operation.ts"

const input = Schema.Struct({
  KeyId: keyId,
  GranteePrincipal: optional(principalId),
  RetiringPrincipal: optional(principalId),
  Operations: operationList,
  Constraints: optional(constraints),
  GrantTokens: optional(grantTokens),
  Name: optional(patternedText({ min: 1, max: 256 }, /^[a-zA-Z0-9:/_-]+$/)),
  DryRun: optional(flag),
  GranteeServicePrincipal: optional(principalId),
  RetiringServicePrincipal: optional(principalId)
})

type Input = typeof input.Type

const load = Effect.fnUntraced(function*(input: Input, find: Find, asked: Asked) {
  yield* needWanted(input)
  const key = yield* find.key(input.KeyId, { action: "kms:CreateGrant", aliases: false, crossAccount: true })
  const draft = draftOf(input, key, asked)
  const id = yield* idOfName(draft)
  const named = id === undefined ? undefined : { id, ...(yield* grantNamed(find, draft, id)) }
  const found: Creation = {
    key,
    draft,
    forService: asked.caller.viaService !== undefined,
    count: yield* countOf(find, draft),
    named,
    existing: named?.grant?.content
  }
  return found
})

/** Random, in two parts: what is drawn in one of 32 bytes is key material everywhere else, and watched as such. */
const newGrantId = Effect.gen(function*() {
  const half = (yield* Crypto).randomBytes(16)
  return Hex.encode(yield* half) + Hex.encode(yield* half)
})

const needRoom = ({ limits, records: { count, key } }: Request<Input, Creation>) => {
  const grants = count?.content ?? 0
  return grants < limits.grantsPerKey ? Effect.succeed(grants) : Effect.fail(
    new LimitExceededException({ message: `${key.arn} has ${grants} grants, which is its quota.` })
  )
}

const put = (grant: GrantRecord, grants: number, { count, key, named }: Creation): ReadonlyArray<RecordChange> => [
  // The key must still be as it was: it may be gone by now, and its grants with it. So must the grants' count, and with it
  // the grant that allows this one.
  { _tag: "PutKey", before: key, record: key.record },
  { _tag: "PutOther", id: recordId(grant, grant.grantId), content: grant, version: null },
  ...entriesOf(grant).map((id): RecordChange => ({ _tag: "PutOther", id, content: {}, version: null })),
  { _tag: "PutOther", id: countId(grant), content: grants + 1, version: count?.version ?? null },
  ...(named === undefined ? [] : [
    { _tag: "PutOther", id: named.id, content: grant.grantId, version: named.version } as const
  ])
]

const decide = Effect.fnUntraced(function*(request: Request<Input, Creation>) {
  const { records: found } = request
  const { draft, existing, key } = found
  yield* needFit(key.record, draft)
  if (existing !== undefined) {
    const changes: ReadonlyArray<RecordChange> = []
    const token = yield* GrantToken.make(recordId(existing, existing.grantId))
    return { output: { GrantToken: token, GrantId: existing.grantId }, changes }
  }
  const grants = yield* needRoom(request)
  const grant: GrantRecord = { ...draft, grantId: yield* newGrantId }
  const token = yield* GrantToken.make(recordId(grant, grant.grantId))
  return { output: { GrantToken: token, GrantId: grant.grantId }, changes: put(grant, grants, found) }
})

/** Adds a grant to a KMS key: it lets one principal do what it lists, until it is retired or revoked. */
export const CreateGrant = operation({
  name: "CreateGrant",
  actions: ["kms:CreateGrant"],
  readOnly: false,
  input,
  output: Schema.Struct({ GrantToken: optional(text({})), GrantId: optional(text({})) }),
  states: row({
    Enabled: "proceeds",
    Disabled: "DisabledException",
    PendingDeletion: "KMSInvalidStateException",
    PendingImport: "KMSInvalidStateException",
    Unavailable: "proceeds",
    Creating: "KMSInvalidStateException",
    Updating: "proceeds"
  }),
  load,
  guards: ({ key }) => [key],
  permissions: (input, { key }) => [{ action: "kms:CreateGrant", resource: key, child: termsOf(input) }],
  conditions: (input, { forService }) => ({
    ...grantConditions(input),
    "kms:GrantIsForAWSResource": String(forService)
  }),
  decide
})
