import { evaluate, type Question, type Verdict } from "@keystead/core/authorization/Evaluate"
import {
  parseIdentityPolicy,
  parseKeyPolicy,
  type PolicyDocument,
  type PolicyError
} from "@keystead/core/authorization/Policy"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Result from "effect/Result"

export const home = "111122223333"
export const abroad = "444455556666"
export const key = `arn:aws:kms:eu-west-1:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

export const root = `arn:aws:iam::${home}:root`
export const bob = `arn:aws:iam::${home}:user/Bob`
export const alice = `arn:aws:iam::${home}:user/team/Alice`
export const role = `arn:aws:iam::${home}:role/App`
export const session = `arn:aws:sts::${home}:assumed-role/App/one`

type Values = Readonly<Record<string, string | ReadonlyArray<string>>>

/** A value function over condition keys in lower case. */
export const values = (given: Values = {}): Question["value"] => (name) => new Map(Object.entries(given)).get(name)

/** A document of version 2012-10-17, unless said otherwise. */
export const document = (statements: unknown, version = "2012-10-17"): string =>
  JSON.stringify({ Version: version, Statement: statements })

export const keyPolicy = (...statements: ReadonlyArray<unknown>): PolicyDocument =>
  Result.getOrThrow(parseKeyPolicy(document(statements)))

export const identityPolicy = (...statements: ReadonlyArray<unknown>): PolicyDocument<"IdentityPolicy"> =>
  Result.getOrThrow(parseIdentityPolicy(document(statements)))

/** A statement of an identity policy that allows everything, but for what is given. */
export const allow = (members: object = {}) => ({ Effect: "Allow", Action: "*", Resource: "*", ...members })
export const deny = (members: object = {}) => ({ ...allow(members), Effect: "Deny" })

/** kms:Encrypt on {@link key}, but for what is given. */
export const ask = (caller: Caller, question: Partial<Omit<Question, "caller">> = {}): Verdict =>
  evaluate({ caller, action: "kms:Encrypt", resource: key, resourceAccount: home, value: values(), ...question })

/** Whether a Condition holds in a request with these values. */
export const holds = (
  block: unknown,
  given: Values = {},
  caller: Partial<Caller> = {},
  version = "2012-10-17"
): boolean => {
  const text = document({ Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition: block }, version)
  const resourcePolicy = Result.getOrThrow(parseKeyPolicy(text))
  return ask({ principal: bob, ...caller }, { resourcePolicy, value: values(given) }).allowed
}

/** What is wrong with a document: the error's tag and message. Fails the test if nothing is. */
export const problem = (text: string, kind: "key" | "identity" = "key"): { _tag: string; message: string } => {
  const result: Result.Result<unknown, PolicyError> = kind === "key" ? parseKeyPolicy(text) : parseIdentityPolicy(text)
  if (Result.isSuccess(result)) throw new Error(`accepted: ${text}`)
  return { _tag: result.failure._tag, message: result.failure.message }
}
