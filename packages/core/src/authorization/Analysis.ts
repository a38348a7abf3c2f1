/**
 * What a key policy says without any request: who can do something with the key, and whether it locks everyone out.
 *
 * Answers err on the side of `Sometimes`: nobody who is said never to can, and whoever is said always to can, unless the
 * caller's own identity policies deny it. They know nothing of grants, nor of who exists.
 */
import * as Principal from "../domain/Principal.ts"
import { type ConditionText, describe, type DescribedCondition, type DescribedStatement } from "./Describe.ts"
import type { PolicyDocument } from "./Policy.ts"
import { find, type Group, groups, type Sample, type Who } from "./Population.ts"
import { reach } from "./PrincipalElement.ts"
import type { Label } from "./Statement.ts"
import { type Standing, standing } from "./ThreeValued.ts"

/** A key policy, and the key whose it is. */
export interface KeyAndPolicy {
  /** The key's ARN. */
  readonly resource: string
  /** Twelve digits. */
  readonly resourceAccount: string
  readonly resourcePolicy: PolicyDocument
}

/** A statement that plays a part. */
export interface Part {
  readonly statement: Label
  /** The conditions that it turns on; others hold for all whom the answer is about. */
  readonly conditions: ReadonlyArray<ConditionText>
  /** Whether the caller's identity policies must allow it as well. */
  readonly needsIdentityPolicy: boolean
}

/** What some principals can do. */
export interface Access {
  readonly who: Who
  /** In every request, in some (under the conditions of the parts, or if identity policies allow), or in none. */
  readonly answer: "Always" | "Sometimes" | "Never"
  /** The statements that can allow it. */
  readonly allowedBy: ReadonlyArray<Part>
  /** The statements that can deny it, whatever allows it. */
  readonly deniedBy: ReadonlyArray<Part>
}

/** A statement that names the sample and may apply. */
interface Candidate extends Standing {
  readonly described: DescribedStatement
  readonly needsIdentityPolicy: boolean
}

const candidates = (
  statements: ReadonlyArray<DescribedStatement>,
  action: string,
  { resource, resourceAccount }: KeyAndPolicy,
  { known, seenAs }: Sample
): ReadonlyArray<Candidate> =>
  statements.flatMap((described) => {
    const { effect, statement } = described
    const reached = statement?.principals === undefined ? "None" : reach(statement.principals, seenAs)
    const stands = standing(described, action, resource, known)
    if (reached === "None" || stands.applies === "No") return []
    // Whoever is of another account needs both sides; an account's root has no policies.
    const both = reached === "Account" || (seenAs.account !== resourceAccount && seenAs.type !== "Account")
    return [{ ...stands, described, needsIdentityPolicy: effect === "Allow" && both }]
  })

const ofSample = (found: ReadonlyArray<Candidate>): Access["answer"] => {
  const allowing = found.filter(({ described }) => described.effect === "Allow")
  const denying = found.filter(({ described }) => described.effect === "Deny")
  if (allowing.length === 0 || denying.some(({ applies }) => applies === "Yes")) return "Never"
  const isSure = allowing.some(({ applies, needsIdentityPolicy }) => applies === "Yes" && !needsIdentityPolicy)
  return isSure && denying.length === 0 ? "Always" : "Sometimes"
}

/** Without what makes them work: words only. */
const inWords = ({ key, operator, wanted }: DescribedCondition): ConditionText => ({ operator, key, wanted })

/** The parts that statements play for a group: a condition that one sample leaves open, or fails, is one that it turns on. */
const partsOf = (
  effect: "Allow" | "Deny",
  bySample: ReadonlyArray<ReadonlyArray<Candidate>>
): ReadonlyArray<Part> => {
  const statements = new Set(bySample.flat().map(({ described }) => described))
  return [...statements].filter((one) => one.effect === effect).map((described) => {
    const found = bySample.map((candidates) => candidates.find((one) => one.described === described))
    const isOpen = (condition: DescribedCondition) => found.some((one) => one === undefined || one.open.has(condition))
    return {
      statement: described.label,
      conditions: described.conditions.filter(isOpen).map(inWords),
      needsIdentityPolicy: found.some((one) => one?.needsIdentityPolicy === true)
    }
  })
}

const accessOf = (
  statements: ReadonlyArray<DescribedStatement>,
  action: string,
  key: KeyAndPolicy,
  { samples, who }: Group
): Access => {
  const bySample = samples.map((sample) => candidates(statements, action, key, sample))
  const answers = new Set(bySample.map(ofSample))
  const [answer = "Never"] = answers
  return {
    who,
    answer: answers.size === 1 ? answer : "Sometimes",
    allowedBy: partsOf("Allow", bySample),
    deniedBy: partsOf("Deny", bySample)
  }
}

/** Who can do the action (such as `kms:Encrypt`) with the key: for everyone there can be, in groups. */
export const whoCan = (action: string, key: KeyAndPolicy): ReadonlyArray<Access> => {
  const statements = describe(key.resourcePolicy)
  const { allowances, denials } = key.resourcePolicy
  return groups([...allowances, ...denials], key.resourceAccount).map((group) =>
    accessOf(statements, action.toLowerCase(), key, group)
  )
}

/** What {@link whoCan} says of one principal, by its ARN; nothing if the ARN is not one of a principal. */
export const accessFor = (all: ReadonlyArray<Access>, arn: string): Access | undefined => {
  const principal = Principal.parse(arn)
  return principal === undefined ? undefined : find(all, principal)
}

/** Whether anyone can still replace the key policy. */
export type Lockout =
  /** Somebody always can. */
  | { readonly _tag: "Open"; readonly remaining: ReadonlyArray<Access> }
  /** Some can under conditions, or if their identity policies allow it. Whether these are ever met is not known. */
  | { readonly _tag: "Conditional"; readonly remaining: ReadonlyArray<Access> }
  /** No statement allows it to anyone of the key's account. */
  | { readonly _tag: "NotAllowed" }
  /** What is allowed is denied as well, by these. */
  | { readonly _tag: "Denied"; readonly deniedBy: ReadonlyArray<Part> }

/**
 * Whether the policy locks everyone out: then nobody can ever replace it, and the key cannot be managed any more. Only
 * principals of the key's own account can call PutKeyPolicy.
 */
export const lockout = (key: KeyAndPolicy): Lockout => {
  const own = whoCan("kms:PutKeyPolicy", key).filter(({ who }) =>
    who._tag === "Principal"
      ? Principal.accountOf(who.arn) === key.resourceAccount
      : who._tag !== "EveryoneElse" && who.account === key.resourceAccount
  )
  const remaining = own.filter(({ answer }) => answer !== "Never")
  if (remaining.length > 0) {
    return { _tag: remaining.some(({ answer }) => answer === "Always") ? "Open" : "Conditional", remaining }
  }
  const deniedBy = own.flatMap((access) => access.allowedBy.length === 0 ? [] : access.deniedBy)
  return deniedBy.length === 0 ? { _tag: "NotAllowed" } : { _tag: "Denied", deniedBy }
}
