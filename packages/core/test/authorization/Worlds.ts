/** Random policies and questions that meet: few names, so that each has a part in the other. */
import { evaluate, type Question, type Verdict } from "@keystead/core/authorization/Evaluate"
import { parseIdentityPolicy, parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { abroad, alice, bob, document, home, key, role, root, session, values } from "./Support.ts"

export const foreign = `arn:aws:iam::${abroad}:user/Fay`
export const foreignRoot = `arn:aws:iam::${abroad}:root`
const alias = `arn:aws:kms:eu-west-1:${home}:alias/Bob`

const listOf = (...texts: ReadonlyArray<string>) =>
  fc.oneof(fc.constantFrom(...texts), fc.array(fc.constantFrom(...texts), { minLength: 1, maxLength: 3 }))

const action = listOf("*", "kms:*", "kms:Encrypt", "kms:decrypt", "kms:?ncrypt", "kms:En*", "s3:*")
const resource = listOf(
  "*",
  key,
  "arn:aws:kms:*:*:key/*",
  "arn:aws:kms",
  `arn:aws:kms:*:${home}:alias/\${aws:username}`
)
const principal = fc.oneof(
  fc.constant("*"),
  fc.record({ AWS: listOf("*", home, root, bob, role, session, abroad, foreign) })
)
const condition = fc.constantFrom(
  {},
  { StringEquals: { "test:a": ["x", "y"] } },
  { StringNotEquals: { "test:a": "x" } },
  { "ForAllValues:StringLike": { "test:b": "x*" } },
  { "ForAnyValue:StringLikeIfExists": { "test:b": ["y?", "${aws:username}"] } },
  { NumericLessThan: { "test:a": "3" }, Null: { "test:b": "false" } },
  { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${home}:*` } },
  { BoolIfExists: { "aws:ViaAWSService": "true" } }
)

/** A statement, as JSON. */
export type Statement = Readonly<Record<string, unknown>>
/** What a statement does. */
export type Effect = "Allow" | "Deny"

const either = (name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Statement> =>
  fc.tuple(fc.constantFrom(name, `Not${name}`), value).map(([name, value]) => ({ [name]: value }))

const merged = (...parts: ReadonlyArray<fc.Arbitrary<Statement>>): fc.Arbitrary<Statement> =>
  fc.tuple(...parts).map((parts) => Object.assign({}, ...parts))

const base = (effects: ReadonlyArray<Effect>) =>
  merged(
    fc.record({ Effect: fc.constantFrom(...effects), Condition: condition }),
    either("Action", action),
    either("Resource", resource)
  )
const both: ReadonlyArray<Effect> = ["Allow", "Deny"]
/** A statement of an identity policy. */
export const identityStatement = (effects = both) => base(effects)
/** A statement of a key policy. */
export const keyStatement = (effects = both): fc.Arbitrary<Statement> =>
  fc.tuple(base(effects), principal, fc.boolean()).map(([statement, principal, negated]) => ({
    ...statement,
    [negated && statement["Effect"] === "Deny" ? "NotPrincipal" : "Principal"]: principal
  }))

/** Policies, and a question put to them. */
export interface World {
  readonly keyPolicy: ReadonlyArray<Statement>
  readonly identityPolicies: ReadonlyArray<ReadonlyArray<Statement>>
  readonly question: Omit<Question, "caller" | "resourcePolicy">
  readonly principal: string
  readonly hasKeyPolicy: boolean
}

const maybe = fc.constantFrom(undefined, "x", "y", "1", "7", "")
const several = fc.option(fc.array(fc.constantFrom("x", "xx", "yy", "Bob"), { maxLength: 3 }), { nil: undefined })

export const world: fc.Arbitrary<World> = fc.record({
  keyPolicy: fc.array(keyStatement(), { minLength: 1, maxLength: 4 }),
  identityPolicies: fc.array(fc.array(identityStatement(), { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
  question: fc.record({
    action: fc.constantFrom("kms:Encrypt", "kms:Decrypt", "KMS:ENCRYPT"),
    resource: fc.constantFrom(key, alias, "*"),
    resourceAccount: fc.constantFrom(home, home, abroad),
    value: fc.tuple(maybe, several).map(([a, b]) =>
      values({ ...(a === undefined ? {} : { "test:a": a }), ...(b === undefined ? {} : { "test:b": b }) })
    )
  }),
  principal: fc.constantFrom(root, bob, alice, role, session, foreign, foreignRoot),
  hasKeyPolicy: fc.boolean()
})

/** The answer to its question. */
export const verdict = ({ hasKeyPolicy, identityPolicies, keyPolicy, principal, question }: World): Verdict =>
  evaluate({
    ...question,
    caller: {
      principal,
      identityPolicies: identityPolicies.map((statements) =>
        Result.getOrThrow(parseIdentityPolicy(document(statements)))
      )
    },
    ...(hasKeyPolicy ? { resourcePolicy: Result.getOrThrow(parseKeyPolicy(document(keyPolicy))) } : {})
  })

/** Whether the answer is yes. */
export const allowed = (world: World): boolean => verdict(world).allowed
