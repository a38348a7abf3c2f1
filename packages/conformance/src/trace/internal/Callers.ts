/** Who calls in a trace, and in which Region. */
import { parseIdentityPolicy, type PolicyDocument } from "@keystead/core/authorization/Policy"
import type { Caller } from "@keystead/core/domain/Caller"
import type { Session } from "@keystead/core/Kms"
import * as Result from "effect/Result"
import type { Dice } from "./Dice.ts"

/** The accounts of a trace. */
export const accounts = ["111122223333", "444455556666"] as const
/** The Regions of a trace. */
export const regions = ["eu-west-1", "us-east-1", "ap-south-1"] as const

const rootOf = (account: string): string => `arn:aws:iam::${account}:root`
const userOf = (account: string, name: string): string => `arn:aws:iam::${account}:user/${name}`

const identityPolicy = (statement: object): ReadonlyArray<PolicyDocument<"IdentityPolicy">> => {
  const parsed = parseIdentityPolicy(JSON.stringify({ Version: "2012-10-17", Statement: [statement] }))
  return Result.isSuccess(parsed) ? [parsed.success] : []
}

const reading = identityPolicy({ Effect: "Allow", Action: ["kms:Describe*", "kms:List*", "kms:Get*"], Resource: "*" })
const withoutDecrypt = identityPolicy({ Effect: "Deny", Action: "kms:Decrypt", Resource: "*" })
const inContext = identityPolicy({
  Effect: "Allow",
  Action: "kms:*",
  Resource: "*",
  Condition: { StringEquals: { "kms:EncryptionContext:purpose": "trace", "aws:PrincipalTag/team": "blue" } }
})

/** An account's callers, beside its root. */
const others = (account: string): readonly [Caller, ...ReadonlyArray<Caller>] => [
  { principal: userOf(account, "ada") },
  { principal: userOf(account, "reader"), identityPolicies: reading },
  { principal: rootOf(account), identityPolicies: withoutDecrypt },
  { principal: userOf(account, "blue"), tags: { team: "blue" }, identityPolicies: inContext },
  { principal: rootOf(account), viaService: "s3.eu-west-1.amazonaws.com" },
  {
    principal: userOf(account, "ada"),
    viaService: "dynamodb.us-east-1.amazonaws.com",
    sourceArn: "arn:aws:s3:::bucket"
  },
  { principal: `arn:aws:sts::${account}:assumed-role/worker/session` },
  { principal: "nobody" }
]

/** Principals that policies and grants name. */
export const principals: readonly [string, ...ReadonlyArray<string>] = [
  rootOf(accounts[0]),
  userOf(accounts[0], "ada"),
  userOf(accounts[0], "blue"),
  rootOf(accounts[1]),
  userOf(accounts[1], "ada")
]

/** An account and a Region. */
export interface Place {
  readonly account: string
  readonly region: string
}

/** Who asks about something that is there, most often its owner where it is; or about nothing that is there. */
export const sessionOf = (dice: Dice, place: Place | undefined): Session => {
  const own = dice.often(82)
  const account = place === undefined || dice.often(5) ? dice.pick(accounts) : place.account
  const region = place === undefined || dice.often(3) ? dice.pick(regions) : place.region
  return { region, caller: own ? { principal: rootOf(account) } : dice.pick(others(account)) }
}
