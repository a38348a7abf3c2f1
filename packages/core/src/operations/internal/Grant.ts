/** What the operations on grants share: their members, how a grant is told, and how one ends. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { callingService } from "../../authorization/Granting.ts"
import { keyArn, rootArn } from "../../domain/Arn.ts"
import type { Caller } from "../../domain/Caller.ts"
import type { GrantConstraints } from "../../domain/GrantConstraints.ts"
import { countId, grantOperations, type GrantRecord, isGrantId, isSameService } from "../../domain/GrantRecord.ts"
import { encryptionContext, flag, list, oneOf, optional, patternedText, text, timestamp } from "../../domain/Members.ts"
import * as Principal from "../../domain/Principal.ts"
import { AccessDeniedException, InvalidArnException, InvalidGrantIdException, NotFoundException } from "../../Errors.ts"
import { countOf, entriesOf, grantOf, idOfName } from "../../interpreter/Grants.ts"
import type { Loaded } from "../../interpreter/Reader.ts"
import type { Asked, Find, LoadedKey, RecordChange } from "../Operation.ts"

/** The ARN of a principal, or the name of a service. */
export const principalId = patternedText({ min: 1, max: 256 }, /^[\w+=,.@:/-]+$/)

/** Names a grant of a key. */
export const grantId = text({ min: 1, max: 128 })

/** What a grant can allow. */
export const operationList = list(oneOf(grantOperations))

/** When a grant allows it. */
export const constraints = Schema.Struct({
  EncryptionContextSubset: optional(encryptionContext),
  EncryptionContextEquals: optional(encryptionContext),
  SourceArn: optional(text({ min: 20, max: 512 }))
})

/** A grant, as lists of grants tell it. */
export const grantEntry = Schema.Struct({
  KeyId: optional(text({})),
  GrantId: optional(text({})),
  Name: optional(text({})),
  CreationDate: optional(timestamp),
  GranteePrincipal: optional(text({})),
  RetiringPrincipal: optional(text({})),
  IssuingAccount: optional(text({})),
  Operations: optional(operationList),
  Constraints: optional(constraints),
  GranteeServicePrincipal: optional(text({})),
  RetiringServicePrincipal: optional(text({}))
})

const isArn = (party: string): boolean => party.startsWith("arn:")

const toldConstraints = ({ equals, sourceArn, subset }: GrantConstraints): typeof constraints.Type => ({
  // What is told is the caller's to change; the records are not.
  ...(subset === undefined ? {} : { EncryptionContextSubset: { ...subset } }),
  ...(equals === undefined ? {} : { EncryptionContextEquals: { ...equals } }),
  ...(sourceArn === undefined ? {} : { SourceArn: sourceArn })
})

/** A page of them. */
export const grantsPage = Schema.Struct({
  Grants: optional(list(grantEntry)),
  NextMarker: optional(text({})),
  Truncated: optional(flag)
})

/** The grant as lists tell it. */
export const told = (grant: GrantRecord): typeof grantEntry.Type => {
  const { constraints, created, grantee, issuer, name, operations, retiring } = grant
  const limits = toldConstraints(constraints)
  return {
    KeyId: keyArn(grant, grant.keyId),
    GrantId: grant.grantId,
    ...(name === undefined ? {} : { Name: name }),
    CreationDate: new Date(created),
    ...(isArn(grantee) ? { GranteePrincipal: grantee } : { GranteeServicePrincipal: grantee }),
    ...(retiring === undefined
      ? {}
      : isArn(retiring)
      ? { RetiringPrincipal: retiring }
      : { RetiringServicePrincipal: retiring }),
    IssuingAccount: rootArn({ ...grant, account: issuer }),
    Operations: [...operations],
    ...(Object.keys(limits).length === 0 ? {} : { Constraints: limits })
  }
}

/** Refuses what is no ARN of a principal. The words are AWS's. */
export const needPrincipal = (arn: string): Effect.Effect<Principal.Principal, InvalidArnException> => {
  const principal = Principal.parse(arn)
  return principal === undefined
    ? Effect.fail(new InvalidArnException({ message: `ARN does not refer to a valid principal: ${arn}` }))
    : Effect.succeed(principal)
}

/** What a service principal alone may ask, refused to others; nothing if it may. Source: AWS KMS API, ListGrants. */
export const serviceRefusal = (
  { caller }: Asked,
  action: string,
  service: string
): AccessDeniedException | undefined => {
  const calling = callingService(caller)
  return calling !== undefined && isSameService(calling, service) ? undefined : refused(caller, action, service)
}

/** The usual words of a refusal. */
export const refused = ({ principal }: Caller, action: string, resource: string): AccessDeniedException =>
  new AccessDeniedException({
    message: `User: ${principal} is not authorized to perform: ${action} on resource: ${resource}`
  })

/** A grant that is to end, as it is stored, and what of it stands elsewhere. */
export interface Ending {
  readonly grant: Loaded<GrantRecord>
  readonly count: Loaded<number> | undefined
  readonly nameId: string | undefined
}

/** A grant that is named, and its key. */
export interface NamedGrant {
  readonly key: LoadedKey
  /** Undefined if it is not there. */
  readonly ending: Ending | undefined
}

/** What ends with the grant. */
export const endingOf = Effect.fnUntraced(function*(find: Find, grant: Loaded<GrantRecord>) {
  const ending: Ending = {
    grant,
    count: yield* countOf(find, grant.content),
    nameId: yield* idOfName(grant.content)
  }
  return ending
})

/** The key's grant with this id, and what ends with it; undefined if there is none, or the id is no id of a grant. */
export const findEnding = Effect.fnUntraced(function*(find: Find, { record }: LoadedKey, id: string) {
  const grant = isGrantId(id) ? yield* grantOf(find, record, id) : undefined
  return grant === undefined ? undefined : yield* endingOf(find, grant)
})

/** Refuses to end a grant that is not there. */
export const needEnding = (
  { ending, key }: NamedGrant,
  id: string
): Effect.Effect<Ending, NotFoundException | InvalidGrantIdException> => {
  if (ending !== undefined) return Effect.succeed(ending)
  return isGrantId(id)
    ? Effect.fail(new NotFoundException({ message: `Grant ID ${id} of key '${key.arn}' is not found.` }))
    : Effect.fail(
      new InvalidGrantIdException({ message: `'${id}' is no grant ID: these have 64 hexadecimal digits.` })
    )
}

/** The changes that end it. */
export const end = ({ count, grant, nameId }: Ending): ReadonlyArray<RecordChange> => [
  { _tag: "RemoveOther", id: grant.id, expected: grant.version },
  ...[...entriesOf(grant.content), ...(nameId === undefined ? [] : [nameId])].map((id) =>
    ({ _tag: "RemoveOther", id }) as const
  ),
  {
    _tag: "PutOther",
    id: countId(grant.content),
    content: Math.max(0, (count?.content ?? 0) - 1),
    version: count?.version ?? null
  }
]
