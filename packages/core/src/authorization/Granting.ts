/**
 * Whether a grant allows a request, and if not, why. It is pure.
 *
 * Source: AWS KMS Developer Guide, "Grants in AWS KMS"; AWS KMS API, CreateGrant; docs/decisions/0013-grants.md.
 */
import * as Result from "effect/Result"
import type { Caller } from "../domain/Caller.ts"
import type { EncryptionContext } from "../domain/EncryptionContext.ts"
import { type ConstraintName, isAtLeastAsStrict, unmet } from "../domain/GrantConstraints.ts"
import { grantOperations, type GrantRecord, type GrantTerms, isSameService } from "../domain/GrantRecord.ts"
import * as Principal from "../domain/Principal.ts"
import { compile, type Reach, reach } from "./PrincipalElement.ts"

/** What is asked of a grant. */
export interface GrantRequest {
  readonly caller: Caller
  /** Such as `kms:Encrypt`. */
  readonly action: string
  /** Undefined for an operation that has none. */
  readonly encryptionContext: EncryptionContext | undefined
  /** For `kms:CreateGrant`: what the new grant is to allow. */
  readonly child: GrantTerms | undefined
  /** From when on the grant is known everywhere, in milliseconds; undefined if it is, or a token makes it known. */
  readonly hiddenUntil: number | undefined
  /** Whether the caller's own identity policies allow it: asked where the grant is to a whole account. */
  readonly identityAllows: () => boolean
}

// Type aliases, as all that an explanation is made of: interfaces are not assignable to JSON's type.

/** A part of a grant that keeps it from allowing the request. */
export type GrantMismatch =
  /** It is to somebody else. */
  | { readonly _tag: "Grantee" }
  /** It is to the caller's account, and the caller's identity policies do not allow it. */
  | { readonly _tag: "IdentityPolicy" }
  /** It does not list the operation. */
  | { readonly _tag: "Operation" }
  /** Without its token it is not known before then, ISO 8601: the Keystead simulates AWS's eventual consistency. */
  | { readonly _tag: "NotYetKnown"; readonly until: string }
  /** The request does not meet the constraint. */
  | { readonly _tag: "Constraint"; readonly constraint: ConstraintName }
  /** The new grant is to allow operations that this one does not. */
  | { readonly _tag: "ChildOperations" }
  /** The new grant's constraints are less strict than this one's. */
  | { readonly _tag: "ChildConstraints" }

/** How a grant stands to the request. */
export type ExplainedGrant = {
  readonly grantId: string
  /** What keeps it from allowing the request; empty if it allows it. */
  readonly mismatches: ReadonlyArray<GrantMismatch>
}

/** The service that calls by itself, on behalf of a resource. With no resource it only passes a principal's call on. */
export const callingService = ({ sourceArn, viaService }: Caller): string | undefined =>
  sourceArn === undefined ? undefined : viaService

/** How a grant's grantee or retiring principal stands to the caller. */
export const reachOf = (party: string, caller: Caller): Reach => {
  const named = compile({ AWS: party }, false)
  if (Result.isFailure(named)) {
    const service = callingService(caller)
    return service !== undefined && isSameService(party, service) ? "Direct" : "None"
  }
  const principal = Principal.parse(caller.principal)
  return principal === undefined ? "None" : reach(named.success, principal)
}

/** The names by which the caller can be a grantee: principals, sessions' roles, accounts, and services that call by themselves. */
export const namesOf = (caller: Caller): ReadonlyArray<string> => {
  const principal = Principal.parse(caller.principal)
  const service = callingService(caller)
  const own = principal === undefined ? [] : [principal.arn, principal.identity, Principal.rootOf(principal)]
  return [...new Set(own), ...(service === undefined ? [] : [service])]
}

const actions: ReadonlyMap<string, (typeof grantOperations)[number]> = new Map(
  grantOperations.map((operation) => [`kms:${operation}`, operation])
)

/** Whether any grant can allow the action. */
export const isGrantable = (action: string): boolean => actions.has(action)

const byGrantee = (
  { grantee }: GrantRecord,
  { caller, identityAllows }: GrantRequest
): ReadonlyArray<GrantMismatch> => {
  const reached = reachOf(grantee, caller)
  if (reached === "None") return [{ _tag: "Grantee" }]
  return reached === "Direct" || identityAllows() ? [] : [{ _tag: "IdentityPolicy" }]
}

const byConstraints = ({ constraints }: GrantRecord, request: GrantRequest): ReadonlyArray<GrantMismatch> =>
  unmet(constraints, { encryptionContext: request.encryptionContext, sourceArn: request.caller.sourceArn })
    .map((constraint) => ({ _tag: "Constraint", constraint }))

const byChild = (parent: GrantRecord, child: GrantTerms | undefined): ReadonlyArray<GrantMismatch> =>
  child === undefined ? [] : [
    ...(child.operations.every((one) => parent.operations.includes(one)) ? [] : [{ _tag: "ChildOperations" } as const]),
    ...(isAtLeastAsStrict(child.constraints, parent.constraints) ? [] : [{ _tag: "ChildConstraints" } as const])
  ]

/** What keeps the grant from allowing the request; empty if it allows it. */
export const mismatches = (grant: GrantRecord, request: GrantRequest): ReadonlyArray<GrantMismatch> => {
  const operation = actions.get(request.action)
  const { hiddenUntil } = request
  return [
    ...byGrantee(grant, request),
    ...(operation !== undefined && grant.operations.includes(operation) ? [] : [{ _tag: "Operation" } as const]),
    ...(hiddenUntil === undefined ? [] : [
      { _tag: "NotYetKnown", until: new Date(hiddenUntil).toISOString() } as const
    ]),
    ...byConstraints(grant, request),
    ...byChild(grant, request.child)
  ]
}
