/**
 * Whether a caller may do something: key policy and identity policies, put together as AWS KMS does.
 *
 * An explicit deny anywhere wins. Then the key policy must name the caller, or name the caller's account and so leave
 * the answer to the caller's identity policies. Callers of another account need both. Where there is no key policy
 * (aliases, and actions on the whole account), the identity policies decide.
 *
 * Source: AWS KMS Developer Guide, "Key policies in AWS KMS" and "Allowing users in other accounts to use a KMS key";
 * IAM User Guide, "Policy evaluation logic".
 */
import type { Caller } from "../domain/Caller.ts"
import * as Principal from "../domain/Principal.ts"
import type { PolicyDocument } from "./Policy.ts"
import { reach } from "./PrincipalElement.ts"
import type { ContextValue, RequestContext } from "./RequestContext.ts"
import { applies, type Label, type Statement } from "./Statement.ts"

/** What is asked. */
export interface Question {
  readonly caller: Caller
  /** Such as `kms:Encrypt`; case does not count. */
  readonly action: string
  /** The ARN of the key or alias, or `*` for the account. */
  readonly resource: string
  /** The account that owns the resource, twelve digits. */
  readonly resourceAccount: string
  /** The key policy. Absent for aliases and for actions on the whole account. */
  readonly resourcePolicy?: PolicyDocument | undefined
  /**
   * The values of condition keys, asked for in lower case and only when a statement needs them. Keys that tell of the
   * caller are not asked for. It must not throw.
   */
  readonly value: (conditionKey: string) => ContextValue
}

/** A statement, and the policy that it is in. */
export type Source =
  | { readonly policy: "KeyPolicy"; readonly statement: Label }
  /** `document` is the policy's place among the caller's identity policies, from 0. */
  | { readonly policy: "IdentityPolicy"; readonly document: number; readonly statement: Label }

/** Why the answer is yes. */
export type Grounds =
  | { readonly _tag: "Statement"; readonly source: Source }
  /** A grant on the key allows it. */
  | { readonly _tag: "Grant"; readonly grantId: string }
  /** The account's root needs no policy for what has no key policy. */
  | { readonly _tag: "AccountRoot" }

/** Why the answer is no. Only `Denied` is explicit: nothing else can turn it into a yes. */
export type Objection =
  | { readonly _tag: "Denied"; readonly source: Source }
  /** No statement of the key policy allows it to the caller or the caller's account. */
  | { readonly _tag: "NotInKeyPolicy" }
  /** The key policy leaves it to the caller's identity policies (or there is none), and none of their statements allows it. */
  | { readonly _tag: "NotInIdentityPolicy" }
  /** The resource belongs to another account, and has no policy that could allow it to the caller. */
  | { readonly _tag: "OtherAccount" }
  /** The key has more aliases than its quota, and a policy depends on them. The interpreter says so. */
  | { readonly _tag: "TooManyAliases" }
  /** A policy asks for a tag or pair that the request gives twice, in names that differ in case only. */
  | { readonly _tag: "Ambiguous" }
  /** The grant that is to be retired leaves it to others than the caller. */
  | { readonly _tag: "NotInGrant" }
  /** The caller's ARN is not one of a principal. */
  | { readonly _tag: "UnknownPrincipal" }

/** The answer, with what decided it. It is for the audit event, and never for the reply. */
export type Verdict =
  | { readonly allowed: true; readonly by: Grounds }
  | { readonly allowed: false; readonly because: Objection }

const no = (because: Objection): Verdict => ({ allowed: false, because })
const yes = (source: Source): Verdict => ({ allowed: true, by: { _tag: "Statement", source } })

const otherAccount = no({ _tag: "OtherAccount" })
const unknownPrincipal = no({ _tag: "UnknownPrincipal" })
const notInKeyPolicy = no({ _tag: "NotInKeyPolicy" })
const notInIdentityPolicy = no({ _tag: "NotInIdentityPolicy" })
const accountRoot: Verdict = { allowed: true, by: { _tag: "AccountRoot" } }

const noPolicies: ReadonlyArray<PolicyDocument<"IdentityPolicy">> = []

/** The question, read once. */
interface Request {
  /** In lower case. */
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
  readonly identityPolicies: ReadonlyArray<PolicyDocument<"IdentityPolicy">>
}

const says = (statement: Statement, { action, context, resource }: Request): boolean =>
  applies(statement, action, resource, context)

const keyPolicySource = (statement: Statement): Source => ({ policy: "KeyPolicy", statement: statement.label })

/** The first statement of that effect, in the caller's identity policies, that speaks of the request. */
const inIdentityPolicies = (request: Request, effect: "denials" | "allowances"): Source | undefined => {
  for (const [document, policy] of request.identityPolicies.entries()) {
    for (const statement of policy[effect]) {
      if (says(statement, request)) return { policy: "IdentityPolicy", document, statement: statement.label }
    }
  }
  return undefined
}

/** How the statement names the caller, if it names the caller at all and speaks of the request. */
const reachOf = (statement: Statement, request: Request): "Direct" | "Account" | "None" => {
  const reached = statement.principals === undefined ? "None" : reach(statement.principals, request.context.principal)
  return reached !== "None" && says(statement, request) ? reached : "None"
}

const deniedBy = (request: Request, keyPolicy: PolicyDocument | undefined): Source | undefined => {
  for (const statement of keyPolicy?.denials ?? []) {
    // An account that is denied is denied with all who belong to it.
    if (reachOf(statement, request) !== "None") return keyPolicySource(statement)
  }
  return inIdentityPolicies(request, "denials")
}

/** What the identity policies allow. An account's root has none, and needs none. */
const byIdentityPolicies = (request: Request, forRoot: Verdict): Verdict => {
  if (request.context.principal.type === "Account") return forRoot
  const source = inIdentityPolicies(request, "allowances")
  return source === undefined ? notInIdentityPolicy : yes(source)
}

const byKeyPolicy = (request: Request, keyPolicy: PolicyDocument, sameAccount: boolean): Verdict => {
  let namesAccount = false
  for (const statement of keyPolicy.allowances) {
    const reached = reachOf(statement, request)
    if (reached === "Direct") {
      const direct = yes(keyPolicySource(statement))
      return sameAccount ? direct : byIdentityPolicies(request, direct)
    }
    namesAccount ||= reached === "Account"
  }
  return namesAccount ? byIdentityPolicies(request, notInIdentityPolicy) : notInKeyPolicy
}

/** Decides. It is pure, and never throws where `value` does not. */
export const evaluate = (question: Question): Verdict => {
  const { caller, resourceAccount, resourcePolicy } = question
  const principal = Principal.parse(caller.principal)
  if (principal === undefined) return unknownPrincipal
  const request: Request = {
    action: question.action.toLowerCase(),
    resource: question.resource,
    context: { principal, tags: caller.tags, viaService: caller.viaService, value: question.value },
    identityPolicies: caller.identityPolicies ?? noPolicies
  }
  const denial = deniedBy(request, resourcePolicy)
  if (denial !== undefined) return no({ _tag: "Denied", source: denial })
  const sameAccount = principal.account === resourceAccount
  if (resourcePolicy !== undefined) return byKeyPolicy(request, resourcePolicy, sameAccount)
  return sameAccount ? byIdentityPolicies(request, accountRoot) : otherAccount
}
