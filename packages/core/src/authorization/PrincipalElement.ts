/**
 * The elements Principal and NotPrincipal of a key policy.
 *
 * Source: IAM User Guide, "AWS JSON policy elements: Principal" and "… NotPrincipal".
 */
import * as Result from "effect/Result"
import * as Principal from "../domain/Principal.ts"
import { members, quote, strings } from "./Json.ts"

/** Whom a statement names, compiled. */
export interface Principals {
  /** NotPrincipal: all but these. */
  readonly negated: boolean
  readonly everyone: boolean
  /** Accounts, named by their id or by their root's ARN. */
  readonly accounts: ReadonlySet<string>
  /** The ARNs of users, roles, sessions and federated users; of roles, also without their path. */
  readonly arns: ReadonlySet<string>
}

/** How a statement names a caller: in person, only through the caller's account, or not at all. */
export type Reach = "Direct" | "Account" | "None"

const isNamed = ({ arns }: Principals, principal: Principal.Principal): boolean =>
  arns.has(principal.arn) || arns.has(principal.identity)

/**
 * NotPrincipal spares a caller who is named together with the account, and a session whose role is: AWS looks at the
 * account first, then at the role, then at the session. Naming an account alone spares its root only.
 */
const isSpared = (principals: Principals, principal: Principal.Principal): boolean =>
  principals.everyone || (
    principals.accounts.has(principal.account) &&
    (principal.type === "Account" || principals.arns.has(principal.identity))
  )

/** How the statement names the caller. */
export const reach = (principals: Principals, principal: Principal.Principal): Reach => {
  if (principals.negated) return isSpared(principals, principal) ? "None" : "Direct"
  if (principals.everyone || isNamed(principals, principal)) return "Direct"
  if (!principals.accounts.has(principal.account)) return "None"
  return principal.type === "Account" ? "Direct" : "Account"
}

const accountId = /^\d{12}$/

const addAws = (text: string, accounts: Set<string>, arns: Set<string>): Result.Result<void, string> => {
  if (accountId.test(text)) accounts.add(text)
  else {
    const principal = Principal.parse(text)
    if (principal === undefined) {
      return Result.fail(
        `${quote(text)} must be *, a twelve-digit account id, or the ARN of a root, user, role, or session, ` +
          "in which wildcards have no meaning"
      )
    }
    if (principal.type === "Account") accounts.add(principal.account)
    else {
      arns.add(text)
      arns.add(Principal.sessionsKnowAs(principal) ?? text)
    }
  }
  return Result.succeed(undefined)
}

/** Callers are principals of accounts. The other kinds are taken, as AWS takes them, and name none of them. */
const otherKinds: ReadonlySet<string> = new Set(["Service", "Federated", "CanonicalUser"])

/** Compiles Principal or NotPrincipal; fails with what is wrong with it. */
export const compile = (element: unknown, negated: boolean): Result.Result<Principals, string> =>
  Result.gen(function*() {
    const accounts = new Set<string>()
    const arns = new Set<string>()
    if (element === "*") return { negated, everyone: true, accounts, arns }
    const byKind = members(element)
    if (byKind === undefined) {
      return yield* Result.fail(`must be "*" or an object, as {"AWS": "arn:aws:iam::111122223333:root"}`)
    }
    let everyone = false
    for (const [kind, value] of byKind) {
      if (kind !== "AWS" && !otherKinds.has(kind)) {
        return yield* Result.fail(
          `${quote(kind)} is no kind of principal; the kinds are AWS, Service, Federated and CanonicalUser`
        )
      }
      const texts = yield* Result.mapError(strings(value), (problem) => `${kind} ${problem}`)
      if (kind !== "AWS") continue
      for (const text of texts) {
        if (text === "*") everyone = true
        else yield* addAws(text, accounts, arns)
      }
    }
    return { negated, everyone, accounts, arns }
  })
