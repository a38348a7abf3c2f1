/**
 * Why a question is answered as it is: how each statement that speaks of the action stands to the request. It is for
 * administrators: what policies say of others is nothing for a reply.
 */
import * as Principal from "../domain/Principal.ts"
import { type ConditionText, describe, type DescribedStatement } from "./Describe.ts"
import { hasAction, hasResource } from "./Element.ts"
import type { Question, Source } from "./Evaluate.ts"
import type { PolicyDocument } from "./Policy.ts"
import { reach } from "./PrincipalElement.ts"
import { type RequestContext, valueOf } from "./RequestContext.ts"
import type { Statement } from "./Statement.ts"

/** A part of a statement that keeps it from applying to the request. */
export type Mismatch =
  /** It has no Action or no Resource, and so no effect. */
  | { readonly _tag: "NoEffect" }
  /** It names others than the caller. */
  | { readonly _tag: "Principal" }
  /** It names other resources. */
  | { readonly _tag: "Resource" }
  /** The condition does not hold; `found` is what the request has for its key, null for nothing. */
  | Readonly<{ _tag: "Condition"; found: string | ReadonlyArray<string> | null } & ConditionText>

/** How a statement stands to the request. */
export type ExplainedStatement = {
  readonly source: Source
  readonly effect: Statement["effect"]
  /** Whether it names the caller through the caller's account only, and so leaves it to the identity policies. */
  readonly throughAccount: boolean
  /** What keeps it from applying, in the order of the policy language; empty if it applies. */
  readonly mismatches: ReadonlyArray<Mismatch>
}

interface Asked {
  /** In lower case. */
  readonly action: string
  readonly resource: string
  readonly context: RequestContext
}

const failedConditions = (
  { conditions }: DescribedStatement,
  context: RequestContext
): ReadonlyArray<Mismatch> =>
  conditions.filter(({ holds }) => !holds(context)).map(({ key, operator, wanted }) => ({
    _tag: "Condition",
    operator,
    key,
    wanted,
    found: valueOf(context, key.toLowerCase()) ?? null
  }))

const explainStatement = (
  described: DescribedStatement,
  source: Source,
  { action, context, resource }: Asked
): ReadonlyArray<ExplainedStatement> => {
  const { effect, statement } = described
  if (statement === undefined) {
    return [{ source, effect, throughAccount: false, mismatches: [{ _tag: "NoEffect" }] }]
  }
  if (!hasAction(statement.actions, action)) return []
  // An identity policy names nobody: it is the caller's.
  const reached = statement.principals === undefined ? "Direct" : reach(statement.principals, context.principal)
  return [{
    source,
    effect,
    throughAccount: reached === "Account",
    mismatches: [
      ...(reached === "None" ? [{ _tag: "Principal" } as const] : []),
      ...(hasResource(statement.resources, resource, context) ? [] : [{ _tag: "Resource" } as const]),
      ...failedConditions(described, context)
    ]
  }]
}

/**
 * All statements that speak of the action, those of the key policy first, and those of a key policy that have no effect.
 * Nothing, if the caller's ARN is not one of a principal.
 */
export const explain = (question: Question): ReadonlyArray<ExplainedStatement> => {
  const { caller, resource, resourcePolicy } = question
  const principal = Principal.parse(caller.principal)
  if (principal === undefined) return []
  const asked: Asked = {
    action: question.action.toLowerCase(),
    resource,
    context: { principal, tags: caller.tags, viaService: caller.viaService, value: question.value }
  }
  const ofIdentity = (policy: PolicyDocument<"IdentityPolicy">, document: number) =>
    describe(policy).flatMap((one) =>
      explainStatement(one, { policy: "IdentityPolicy", document, statement: one.label }, asked)
    )
  const ofKey = resourcePolicy === undefined ?
    [] :
    describe(resourcePolicy).flatMap((one) =>
      explainStatement(one, { policy: "KeyPolicy", statement: one.label }, asked)
    )
  return [...ofKey, ...(caller.identityPolicies ?? []).flatMap(ofIdentity)]
}
