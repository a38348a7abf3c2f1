import { assert, describe, it } from "@effect/vitest"
import { evaluate, type Question } from "@keystead/core/authorization/Evaluate"
import { parseIdentityPolicy, parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { abroad, alice, bob, document, home, key, role, root, session, values } from "./Support.ts"

const foreign = `arn:aws:iam::${abroad}:user/Fay`
const foreignRoot = `arn:aws:iam::${abroad}:root`
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

type Statement = Readonly<Record<string, unknown>>
type Effect = "Allow" | "Deny"

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
const identityStatement = (effects = both) => base(effects)
const keyStatement = (effects = both): fc.Arbitrary<Statement> =>
  fc.tuple(base(effects), principal, fc.boolean()).map(([statement, principal, negated]) => ({
    ...statement,
    [negated && statement["Effect"] === "Deny" ? "NotPrincipal" : "Principal"]: principal
  }))

interface World {
  readonly keyPolicy: ReadonlyArray<Statement>
  readonly identityPolicies: ReadonlyArray<ReadonlyArray<Statement>>
  readonly question: Omit<Question, "caller" | "resourcePolicy">
  readonly principal: string
  readonly hasKeyPolicy: boolean
}

const maybe = fc.constantFrom(undefined, "x", "y", "1", "7", "")
const several = fc.option(fc.array(fc.constantFrom("x", "xx", "yy", "Bob"), { maxLength: 3 }), { nil: undefined })

const world: fc.Arbitrary<World> = fc.record({
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

const verdict = ({ hasKeyPolicy, identityPolicies, keyPolicy, principal, question }: World) =>
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

const allowed = (world: World): boolean => verdict(world).allowed

const runs = { numRuns: 400 }

describe("every policy", () => {
  it("is open to both answers in these tests", () => {
    const answers = fc.sample(world, { numRuns: 500, seed: 1 }).map(allowed)
    const share = answers.filter(Boolean).length / answers.length
    assert.isAbove(share, 0.05)
    assert.isBelow(share, 0.95)
  })

  it("denies what an explicit deny denies, whatever else is there", () => {
    const everyone = { Effect: "Deny", Action: "*", Resource: "*" }
    fc.assert(
      fc.property(world, fc.nat(), (world, place) => {
        const inIdentity = { ...world, identityPolicies: [...world.identityPolicies, [everyone]] }
        assert.deepInclude(verdict(inIdentity), { allowed: false })
        const at = place % (world.keyPolicy.length + 1)
        const keyPolicy = world.keyPolicy.toSpliced(at, 0, { ...everyone, Principal: "*" })
        const inKeyPolicy = verdict({ ...world, keyPolicy, hasKeyPolicy: true })
        assert.strictEqual(inKeyPolicy.allowed ? "allowed" : inKeyPolicy.because._tag, "Denied")
      }),
      runs
    )
  })

  it("gives the same answer in any order", () => {
    fc.assert(
      fc.property(world, fc.infiniteStream(fc.nat()), (world, random) => {
        const shuffled = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
          items.map((item) => ({ item, place: random.next().value })).toSorted((a, b) => a.place - b.place)
            .map(({ item }) => item)
        const other = {
          ...world,
          keyPolicy: shuffled(world.keyPolicy),
          identityPolicies: shuffled(world.identityPolicies.map(shuffled))
        }
        assert.strictEqual(allowed(other), allowed(world))
      }),
      runs
    )
  })

  const extended = (effect: Effect) =>
    fc.tuple(world, keyStatement([effect]), identityStatement([effect]), fc.boolean()).map((
      [world, key, identity, inKey]
    ) => ({
      world,
      more: inKey
        ? { ...world, keyPolicy: [...world.keyPolicy, key] }
        : { ...world, identityPolicies: [...world.identityPolicies, [identity]] }
    }))

  it("allows no more for a further Deny", () => {
    fc.assert(
      fc.property(extended("Deny"), ({ more, world }) => {
        assert.isTrue(allowed(world) || !allowed(more))
      }),
      runs
    )
  })

  it("allows no less for a further Allow", () => {
    fc.assert(
      fc.property(extended("Allow"), ({ more, world }) => {
        assert.isTrue(allowed(more) || !allowed(world))
      }),
      runs
    )
  })

  it("allows a user nothing that no Allow speaks of", () => {
    fc.assert(
      fc.property(world, fc.constantFrom(bob, session, foreign), (world, principal) => {
        const denials = (statements: ReadonlyArray<Statement>) => statements.filter(({ Effect }) => Effect === "Deny")
        const inert = { Effect: "Deny", Principal: { AWS: [] }, Action: "*", Resource: "*" }
        const bare = {
          ...world,
          principal,
          keyPolicy: [inert, ...denials(world.keyPolicy)],
          identityPolicies: world.identityPolicies.map(denials).filter((statements) => statements.length > 0)
        }
        assert.isFalse(allowed(bare))
      }),
      runs
    )
  })

  it("is evaluated without a throw, whatever is asked", () => {
    const text = fc.string({ unit: "binary", maxLength: 30 })
    const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(undefined))
    fc.assert(
      fc.property(
        world,
        text,
        text,
        text,
        text,
        value,
        (world, principal, action, resource, resourceAccount, answer) => {
          const ask = (principal: string) =>
            verdict({ ...world, principal, question: { action, resource, resourceAccount, value: () => answer } })
          assert.isBoolean(ask(world.principal).allowed)
          assert.isFalse(ask(principal).allowed)
        }
      ),
      runs
    )
  })
})
