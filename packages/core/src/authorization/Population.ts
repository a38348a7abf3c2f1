/** Everyone who could call, in groups that a key policy treats alike. */
import * as Principal from "../domain/Principal.ts"
import type { Statement } from "./Statement.ts"
import type { KnownCaller } from "./ThreeValued.ts"

/** Whom an answer is about. */
export type Who =
  /** A user, a federated user, a session, or a role with those of its sessions that are not named themselves. */
  | { readonly _tag: "Principal"; readonly arn: string }
  | { readonly _tag: "Root"; readonly account: string }
  /** Every principal of the account that the policy does not name. */
  | { readonly _tag: "OthersOf"; readonly account: string }
  /** Every principal of every account that the policy does not name. */
  | { readonly _tag: "EveryoneElse" }

/** One of a group, or several who are treated alike. */
export interface Sample {
  /** As whom a policy's Principal sees them. */
  readonly seenAs: Principal.Principal
  /** What is the same for all whom the sample stands for. */
  readonly known: KnownCaller
}

/** A group, and samples that stand for everyone in it. */
export interface Group {
  readonly who: Who
  readonly samples: ReadonlyArray<Sample>
}

const read = (arn: string): Principal.Principal => {
  const principal = Principal.parse(arn)
  if (principal === undefined) throw new RangeError(`${arn} is no principal`)
  return principal
}

const rootOf = (account: string): string => `arn:aws:iam::${account}:root`

/** A name that is none of those, so that nothing speaks of it. */
const fresh = (isTaken: (name: string) => boolean, name: (count: number) => string): string => {
  let count = 0
  while (isTaken(name(count))) count++
  return name(count)
}

/** In person: everything is known. */
const person = (arn: string): Sample => ({ seenAs: read(arn), known: read(arn) })

/**
 * A role's ARNs with and without its path mean one role. Its sessions know it by the one without, and a policy treats
 * them as it treats that.
 */
const groupOf = (arns: ReadonlySet<string>, withoutPath: string): Group => {
  const same = [...arns].filter((arn) => (Principal.sessionsKnowAs(read(arn)) ?? arn) === withoutPath)
  const arn = same.find((one) => one !== withoutPath) ?? withoutPath
  return { who: { _tag: "Principal", arn }, samples: same.map(person) }
}

const othersOf = (arns: ReadonlySet<string>, account: string): Group => {
  const arn = fresh((one) => arns.has(one), (count) => `arn:aws:iam::${account}:user/user-${count}`)
  return { who: { _tag: "OthersOf", account }, samples: [{ seenAs: read(arn), known: { account } }] }
}

const everyoneElse = (accounts: ReadonlySet<string>): Group => {
  const account = fresh((one) => accounts.has(one), (count) => String(count).padStart(12, "0"))
  const seenAs = [rootOf(account), `arn:aws:iam::${account}:user/user`]
  return { who: { _tag: "EveryoneElse" }, samples: seenAs.map((arn) => ({ seenAs: read(arn), known: {} })) }
}

/** The groups of everyone, for a key of that account whose policy has those statements. */
export const groups = (statements: ReadonlyArray<Statement>, account: string): ReadonlyArray<Group> => {
  const arns = new Set<string>()
  const accounts = new Set([account])
  for (const { principals } of statements) {
    for (const arn of principals?.arns ?? []) arns.add(arn)
    for (const named of principals?.accounts ?? []) accounts.add(named)
  }
  for (const arn of arns) accounts.add(read(arn).account)
  const named = new Set([...arns].map((arn) => Principal.sessionsKnowAs(read(arn)) ?? arn))
  return [
    ...[...named].map((arn) => groupOf(arns, arn)),
    ...[...accounts].flatMap((one): ReadonlyArray<Group> => [
      { who: { _tag: "Root", account: one }, samples: [person(rootOf(one))] },
      othersOf(arns, one)
    ]),
    everyoneElse(accounts)
  ]
}

/** Whether the principal is one of those. Named principals come before others of their account, sessions before roles. */
const isIn = (who: Who, { account, arn, identity, type }: Principal.Principal): boolean => {
  switch (who._tag) {
    case "Principal": {
      const named = new Set([who.arn, Principal.sessionsKnowAs(read(who.arn))])
      return named.has(arn) || named.has(identity)
    }
    case "Root":
      return who.account === account && type === "Account"
    case "OthersOf":
      return who.account === account
    default:
      return true
  }
}

/** What is said of the group that the principal is in. */
export const find = <About extends { readonly who: Who }>(
  all: ReadonlyArray<About>,
  principal: Principal.Principal
): About | undefined =>
  all.find(({ who }) => who._tag === "Principal" && who.arn === principal.arn) ??
    all.find(({ who }) => isIn(who, principal))
