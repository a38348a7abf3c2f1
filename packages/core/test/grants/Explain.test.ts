/** What is said of grants to those who ask why, and that nothing denied is ever allowed by one. */
import { assert, describe, it } from "@effect/vitest"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import type { Caller } from "@keystead/core/domain/Caller"
import { grantOperations } from "@keystead/core/domain/GrantRecord"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { explaining } from "../support/Explaining.ts"
import { holds } from "../support/Property.ts"
import { bytes, createKey } from "../support/World.ts"
import { ada, bob, denied, outcome, rootOf, stranger, withKey } from "./Support.ts"

const grantDelay = 60_000

const policy = (effect: string, Action: string | ReadonlyArray<string>) =>
  Result.getOrThrow(
    parseIdentityPolicy(
      JSON.stringify({ Version: "2012-10-17", Statement: { Effect: effect, Action, Resource: "*" } })
    )
  )

describe("an explanation", () => {
  it.effect("says of each of the caller's grants, and of each that a token names, what keeps it from allowing the call", () =>
    Effect.gen(function*() {
      const world = yield* withKey({ grantDelay })
      const { arn, grant } = world
      const explain = yield* explaining(world, { grantDelay })
      const EncryptionContext = { app: "pay" }
      const until = new Date(grantDelay).toISOString()
      const notYet = { _tag: "NotYetKnown", until } as const
      const one = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      const expected = new Map<string, ReadonlyArray<object>>([
        [one.GrantId, []],
        [
          (yield* grant({
            GranteePrincipal: bob,
            Operations: ["Decrypt"],
            Constraints: { EncryptionContextEquals: { app: "hr" }, SourceArn: "arn:aws:s3:::bucket/name" }
          })).GrantId,
          [
            { _tag: "Operation" },
            notYet,
            { _tag: "Constraint", constraint: "EncryptionContextEquals" },
            { _tag: "Constraint", constraint: "SourceArn" }
          ]
        ],
        [
          (yield* grant({ GranteePrincipal: rootOf("111122223333"), Operations: ["Encrypt"] })).GrantId,
          [{ _tag: "IdentityPolicy" }, notYet]
        ]
      ])
      const other = yield* grant({ GranteePrincipal: ada, Operations: ["Encrypt"] })
      expected.set(other.GrantId, [{ _tag: "Grantee" }])
      yield* grant({ GranteePrincipal: ada, Operations: ["Encrypt"] })
      const GrantTokens = [one.GrantToken, other.GrantToken]
      const request = { KeyId: arn, Plaintext: bytes("x"), EncryptionContext, GrantTokens }
      const { allowed, permissions } = yield* explain({ principal: bob }, "Encrypt", request)
      assert.isTrue(allowed)
      const [permission] = permissions
      assert.deepStrictEqual(permission?.verdict, { allowed: true, by: { _tag: "Grant", grantId: one.GrantId } })
      assert.deepStrictEqual(
        new Map((permission?.grants ?? []).map(({ grantId, mismatches }) => [grantId, mismatches])),
        expected
      )
      const without = yield* explain({ principal: bob }, "Encrypt", { ...request, GrantTokens: [] })
      assert.deepStrictEqual(
        without.permissions[0]?.grants.find(({ grantId }) => grantId === one.GrantId)?.mismatches,
        [
          notYet
        ]
      )
      assert.isFalse(without.allowed)
      const forged = yield* explain({ principal: bob }, "Encrypt", { ...request, GrantTokens: ["x"] })
      assert.strictEqual(forged.stopped?.error, "InvalidGrantTokenException")
    }))

  it.effect("says who may retire a grant, which no key policy says, and how wide a child may be", () =>
    Effect.gen(function*() {
      const world = yield* withKey({ grantDelay })
      const { arn, grant } = world
      const explain = yield* explaining(world, { grantDelay })
      const { GrantId, GrantToken } = yield* grant({
        GranteePrincipal: bob,
        RetiringPrincipal: ada,
        Operations: ["CreateGrant", "Encrypt"],
        Constraints: { EncryptionContextSubset: { a: "1" } }
      })
      const retire = (caller: Caller) =>
        Effect.map(explain(caller, "RetireGrant", { KeyId: arn, GrantId }), ({ permissions }) => permissions[0])
      const mayRetire = yield* retire({ principal: ada })
      assert.deepStrictEqual(mayRetire?.verdict, { allowed: true, by: { _tag: "Grant", grantId: GrantId } })
      assert.deepStrictEqual(mayRetire?.grants, [{ grantId: GrantId, mismatches: [] }])
      assert.deepStrictEqual(mayRetire?.statements, [])
      const mayNot = yield* retire({ principal: stranger })
      assert.deepStrictEqual(mayNot?.verdict, { allowed: false, because: { _tag: "NotInGrant" } })
      assert.deepStrictEqual(mayNot?.grants, [{ grantId: GrantId, mismatches: [{ _tag: "Grantee" }] }])
      const child = { KeyId: arn, GranteePrincipal: ada, Operations: ["Decrypt"], GrantTokens: [GrantToken] }
      const { permissions } = yield* explain({ principal: bob }, "CreateGrant", child)
      assert.deepStrictEqual(permissions[0]?.grants, [
        { grantId: GrantId, mismatches: [{ _tag: "ChildOperations" }, { _tag: "ChildConstraints" }] }
      ])
    }))
})

describe("a denial", () => {
  const symmetric = grantOperations.filter((one) =>
    /^(Encrypt|Decrypt|GenerateDataKey|GenerateDataKeyWithoutPlaintext|ReEncrypt.*|DescribeKey)$/.test(one)
  )

  it("outweighs every grant, and what is not denied is allowed as the grants list it", () =>
    holds(
      fc.record({
        listed: fc.subarray(symmetric, { minLength: 1 }),
        refused: fc.subarray(symmetric),
        inKeyPolicy: fc.boolean()
      }),
      ({ inKeyPolicy, listed, refused }) =>
        Effect.gen(function*() {
          const { arn, as, blob, grant, root } = yield* withKey()
          const to = yield* createKey(root)
          yield* grant({ GranteePrincipal: bob, Operations: [...listed] })
          yield* root.createGrant({ KeyId: to, GranteePrincipal: bob, Operations: ["ReEncryptTo"] })
          const actions = refused.map((one) => `kms:${one}`)
          if (inKeyPolicy && actions.length > 0) {
            const Statement = [
              { Effect: "Allow", Principal: { AWS: rootOf("111122223333") }, Action: "kms:*", Resource: "*" },
              { Effect: "Deny", Principal: { AWS: bob }, Action: actions, Resource: "*" }
            ]
            yield* root.putKeyPolicy({ KeyId: arn, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) })
          }
          const identityPolicies = inKeyPolicy || actions.length === 0 ? [] : [policy("Deny", actions)]
          const client = as({ principal: bob, identityPolicies })
          const calls = {
            Encrypt: client.encrypt({ KeyId: arn, Plaintext: bytes("x") }),
            Decrypt: client.decrypt({ CiphertextBlob: blob, KeyId: arn }),
            GenerateDataKey: client.generateDataKey({ KeyId: arn, KeySpec: "AES_256" }),
            GenerateDataKeyWithoutPlaintext: client.generateDataKeyWithoutPlaintext({ KeyId: arn, KeySpec: "AES_256" }),
            DescribeKey: client.describeKey({ KeyId: arn })
          }
          const may = (name: (typeof symmetric)[number]) => listed.includes(name) && !refused.includes(name)
          for (const name of Object.keys(calls) as ReadonlyArray<keyof typeof calls>) {
            assert.strictEqual(yield* outcome<unknown>(calls[name]), may(name) ? "ok" : denied, name)
          }
          const move = client.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: to })
          const isRefusedThere = !inKeyPolicy && refused.includes("ReEncryptTo")
          assert.strictEqual(yield* outcome(move), may("ReEncryptFrom") && !isRefusedThere ? "ok" : denied)
          const management = ["disableKey", "getKeyPolicy", "listGrants", "enableKeyRotation"] as const
          for (const name of management) assert.strictEqual(yield* outcome(client[name]({ KeyId: arn })), denied, name)
        }),
      { numRuns: 60 }
    ))
})
