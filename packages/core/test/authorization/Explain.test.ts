/** Explanations read policies again, from their text: what they say must be what decides. */
import { assert, describe, it } from "@effect/vitest"
import { evaluate, type Question } from "@keystead/core/authorization/Evaluate"
import { explain, type ExplainedStatement } from "@keystead/core/authorization/Explain"
import { parseIdentityPolicy, parseKeyPolicy } from "@keystead/core/authorization/Policy"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { bob, document, home, key, keyPolicy, values } from "./Support.ts"
import { world } from "./Worlds.ts"

const questions: fc.Arbitrary<Question> = fc.record({
  world,
  // The older version knows no policy variables: what looks like one is text.
  version: fc.constantFrom("2012-10-17", "2008-10-17")
}).map(({ version, world }) => ({
  ...world.question,
  caller: {
    principal: world.principal,
    identityPolicies: world.identityPolicies.map((statements) =>
      Result.getOrThrow(parseIdentityPolicy(document(statements, version)))
    )
  },
  ...(world.hasKeyPolicy
    ? { resourcePolicy: Result.getOrThrow(parseKeyPolicy(document(world.keyPolicy, version))) }
    : {})
}))

const applying = (statements: ReadonlyArray<ExplainedStatement>, effect: "Allow" | "Deny") =>
  statements.filter((one) => one.effect === effect && one.mismatches.length === 0)

describe("the explanation of a question", () => {
  it("finds those statements to apply that decide, and no others", () => {
    fc.assert(
      fc.property(questions, (question) => {
        const verdict = evaluate(question)
        const statements = explain(question)
        const [allowing, denying] = [applying(statements, "Allow"), applying(statements, "Deny")]
        const inKeyPolicy = allowing.filter(({ source }) => source.policy === "KeyPolicy")
        const inIdentityPolicy = allowing.filter(({ source }) => source.policy === "IdentityPolicy")
        const isRoot = question.caller.principal.endsWith(":root")
        if (verdict.allowed) {
          assert.isEmpty(denying)
          if (verdict.by._tag === "Statement") {
            assert.deepInclude(allowing.map(({ source }) => source), verdict.by.source)
          }
          return
        }
        const { because } = verdict
        assert.strictEqual(because._tag === "Denied", denying.length > 0)
        if (because._tag === "Denied") assert.deepStrictEqual(denying[0]?.source, because.source)
        if (because._tag === "NotInKeyPolicy") assert.isEmpty(inKeyPolicy)
        if (because._tag === "NotInIdentityPolicy") assert.isTrue(isRoot || inIdentityPolicy.length === 0)
      }),
      { numRuns: 500 }
    )
  })

  it("tells whether a statement names the caller in person or the account", () => {
    const allow = (AWS: string) => ({ Effect: "Allow", Principal: { AWS }, Action: "*", Resource: "*" })
    const question = { caller: { principal: bob }, action: "kms:Encrypt", resource: key, resourceAccount: home }
    const statements = explain({ ...question, resourcePolicy: keyPolicy(allow(bob), allow(home)), value: values() })
    assert.deepStrictEqual(statements.map(({ throughAccount }) => throughAccount), [false, true])
  })

  it("knows policy variables in the version of the language that has them", () => {
    const Condition = { StringEquals: { "test:a": "${aws:username}" } }
    const statement = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*", Condition }
    const mismatches = (version: string, a: string) =>
      explain({
        caller: { principal: bob },
        action: "kms:Encrypt",
        resource: key,
        resourceAccount: home,
        resourcePolicy: Result.getOrThrow(parseKeyPolicy(document(statement, version))),
        value: values({ "test:a": a })
      }).flatMap((one) => one.mismatches).length
    assert.deepStrictEqual([mismatches("2012-10-17", "Bob"), mismatches("2008-10-17", "Bob")], [0, 1])
    assert.deepStrictEqual([mismatches("2012-10-17", "${aws:username}"), mismatches("2008-10-17", "${aws:username}")], [
      1,
      0
    ])
  })

  it("is empty for a caller that is no principal", () => {
    const question = { caller: { principal: "bob" }, action: "kms:Encrypt", resource: key, resourceAccount: home }
    assert.deepStrictEqual(explain({ ...question, value: values() }), [])
  })
})
