import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { bob, session } from "./Support.ts"
import {
  allowed,
  type Effect,
  foreign,
  identityStatement,
  keyStatement,
  type Statement,
  verdict,
  world
} from "./Worlds.ts"

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
