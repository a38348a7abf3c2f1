/** Grants through the whole interpreter: made, used, listed and ended. */
import { assert, describe, it } from "@effect/vitest"
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import { symmetric } from "@keystead/core/groups/Symmetric"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { failure } from "../support/Failure.ts"
import { ids, put } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, otherAccount, region, root, user } from "../support/World.ts"
import { ada, bob, denied, outcome, rootOf, service, stranger, withKey } from "./Support.ts"

const identity = (...statements: ReadonlyArray<object>) =>
  Result.getOrThrow(parseIdentityPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements })))

const allow = (Action: string) => identity({ Effect: "Allow", Action, Resource: "*" })
const deny = (Action: string) => identity({ Effect: "Deny", Action, Resource: "*" })

describe("a grant", () => {
  it.effect("lets its grantee do what it lists, and nobody else, and names itself in the audit event", () =>
    Effect.gen(function*() {
      const { arn, as, blob, encrypt, events, grant } = yield* withKey()
      assert.strictEqual(yield* encrypt(bob), denied)
      const { GrantId } = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt", "DescribeKey"] })
      assert.match(GrantId, /^[0-9a-f]{64}$/)
      assert.strictEqual(yield* encrypt(bob), "ok")
      assert.deepStrictEqual(events().at(-1)?.additionalEventData?.authorization, {
        allowed: true,
        by: { _tag: "Grant", grantId: GrantId }
      })
      assert.strictEqual(yield* outcome(as(bob).describeKey({ KeyId: arn })), "ok")
      assert.strictEqual(yield* outcome(as(bob).decrypt({ CiphertextBlob: blob })), denied)
      assert.strictEqual(yield* encrypt(ada), denied)
      assert.deepStrictEqual(events().at(-1)?.additionalEventData?.authorization, {
        allowed: false,
        because: { _tag: "NotInIdentityPolicy" }
      })
    }))

  it.effect("counts for both ends of ReEncrypt, each by itself", () =>
    Effect.gen(function*() {
      const { as, blob, grant, root } = yield* withKey()
      const to = yield* createKey(root)
      const move = outcome(as(bob).reEncrypt({ CiphertextBlob: blob, DestinationKeyId: to }))
      yield* grant({ GranteePrincipal: bob, Operations: ["ReEncryptFrom"] })
      assert.strictEqual(yield* move, denied)
      yield* root.createGrant({ KeyId: to, GranteePrincipal: bob, Operations: ["ReEncryptFrom"] })
      assert.strictEqual(yield* move, denied)
      yield* root.createGrant({ KeyId: to, GranteePrincipal: bob, Operations: ["ReEncryptTo"] })
      assert.strictEqual(yield* move, "ok")
    }))

  it.effect("to another account works though the key policy does not name it, and is denied by the caller's own policies", () =>
    Effect.gen(function*() {
      const { encrypt, grant } = yield* withKey()
      yield* grant({ GranteePrincipal: stranger, Operations: ["Encrypt"] })
      assert.strictEqual(yield* encrypt(stranger), "ok")
      assert.strictEqual(yield* encrypt({ principal: stranger, identityPolicies: [deny("kms:Encrypt")] }), denied)
    }))

  it.effect("to a role is for its sessions, and to a session for that one only", () =>
    Effect.gen(function*() {
      const { encrypt, grant } = yield* withKey()
      const session = (name: string) => `arn:aws:sts::${account}:assumed-role/worker/${name}`
      const role = `arn:aws:iam::${account}:role/path/worker`
      yield* grant({ GranteePrincipal: session("one"), Operations: ["Encrypt"] })
      assert.deepStrictEqual(yield* Effect.all([encrypt(session("one")), encrypt(session("two"))]), ["ok", denied])
      yield* grant({ GranteePrincipal: role, Operations: ["Encrypt"] })
      assert.deepStrictEqual(yield* Effect.all([encrypt(session("two")), encrypt(role)]), ["ok", "ok"])
      assert.strictEqual(yield* encrypt(`arn:aws:sts::${account}:assumed-role/other/one`), denied)
      // In the index these two share a name.
      assert.strictEqual(yield* encrypt(`arn:aws:iam::${account}:role/elsewhere/worker`), denied)
    }))

  it.effect("to an account is for its root, and for those whose identity policies allow it", () =>
    Effect.gen(function*() {
      const { encrypt, grant } = yield* withKey()
      yield* grant({ GranteePrincipal: rootOf(otherAccount), Operations: ["Encrypt"] })
      assert.strictEqual(yield* encrypt(rootOf(otherAccount)), "ok")
      assert.strictEqual(yield* encrypt(stranger), denied)
      assert.strictEqual(yield* encrypt({ principal: stranger, identityPolicies: [allow("kms:Encrypt")] }), "ok")
      assert.strictEqual(yield* encrypt({ principal: stranger, identityPolicies: [allow("kms:Decrypt")] }), denied)
    }))

  it.effect("gives way to whatever denies explicitly, in the key policy or the caller's own", () =>
    Effect.gen(function*() {
      const { arn, encrypt, grant, root } = yield* withKey()
      yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      assert.strictEqual(yield* encrypt({ principal: bob, identityPolicies: [deny("kms:*")] }), denied)
      assert.strictEqual(yield* encrypt(bob, { EncryptionContext: { app: "pay" } }), "ok")
      const policy = JSON.parse(keyPolicy({ account, administrators: [], users: [] }))
      const statement = {
        Effect: "Deny",
        Principal: "*",
        Action: "kms:Encrypt",
        Resource: "*",
        Condition: { StringEquals: { "kms:EncryptionContext:app": "pay" } }
      }
      const Policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] })
      yield* root.putKeyPolicy({ KeyId: arn, Policy })
      assert.strictEqual(yield* encrypt(bob, { EncryptionContext: { app: "pay" } }), denied)
      assert.strictEqual(yield* encrypt(bob), "ok")
      // Which of the two the policy means cannot be told, and so it may be the denied one.
      assert.strictEqual(yield* encrypt(bob, { EncryptionContext: { app: "hr", App: "hr" } }), denied)
    }))

  it.effect("with a constraint on the encryption context allows where it is met", () =>
    Effect.gen(function*() {
      const { arn, as, encrypt, grant } = yield* withKey()
      const Operations = ["Encrypt" as const, "DescribeKey" as const]
      const special = JSON.parse(`{"__proto__":"x"}`)
      yield* grant({ GranteePrincipal: bob, Operations, Constraints: { EncryptionContextEquals: { Dept: "pay" } } })
      yield* grant({ GranteePrincipal: ada, Operations, Constraints: { EncryptionContextSubset: special } })
      const as1 = (EncryptionContext?: Record<string, string>) =>
        encrypt(bob, EncryptionContext === undefined ? {} : { EncryptionContext })
      assert.deepStrictEqual(
        yield* Effect.all([
          as1(),
          as1({ dept: "pay" }),
          as1({ dept: "Pay" }),
          as1({ dept: "pay", more: "x" }),
          encrypt(ada, { EncryptionContext: JSON.parse(`{"__proto__":"x","more":"y"}`) }),
          encrypt(ada, { EncryptionContext: { more: "y" } }),
          outcome(as(bob).describeKey({ KeyId: arn }))
        ]),
        [denied, "ok", denied, denied, "ok", denied, "ok"]
      )
    }))

  it.effect("to a service is for that service, on behalf of the resource, and for nobody else", () =>
    Effect.gen(function*() {
      const { arn, as, encrypt, events, grant } = yield* withKey()
      const table = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`
      yield* grant({
        GranteeServicePrincipal: "dynamodb.amazonaws.com",
        RetiringServicePrincipal: "dynamodb.amazonaws.com",
        Operations: ["Encrypt", "DescribeKey"],
        Constraints: { SourceArn: table("one") }
      })
      const { sourceArn: _, ...through } = service(table("one"))
      assert.deepStrictEqual(
        yield* Effect.all([
          encrypt(service(table("one"))),
          encrypt(service(table("two"))),
          encrypt(through),
          encrypt({ ...service(table("one")), viaService: `s3.${region}.amazonaws.com` }),
          outcome(as(service(table("two"))).describeKey({ KeyId: arn }))
        ]),
        ["ok", denied, denied, denied, denied]
      )
      const RetiringServicePrincipal = "dynamodb.amazonaws.com"
      const { Grants } = yield* as(service(table("two"))).listRetirableGrants({ RetiringServicePrincipal })
      assert.strictEqual(Grants?.[0]?.GranteeServicePrincipal, "dynamodb.amazonaws.com")
      const GranteeServicePrincipal = RetiringServicePrincipal
      assert.deepStrictEqual(
        yield* Effect.all([
          outcome(as(root).listRetirableGrants({ RetiringServicePrincipal })),
          outcome(as(through).listRetirableGrants({ RetiringServicePrincipal })),
          outcome(as(root).listGrants({ KeyId: arn, GranteeServicePrincipal })),
          outcome(as({ ...service(table("two")), principal: root }).listGrants({ KeyId: arn, GranteeServicePrincipal }))
        ]),
        [denied, denied, denied, "ok"]
      )
      assert.strictEqual(
        yield* outcome(as(through).retireGrant({ KeyId: arn, GrantId: Grants?.[0]?.GrantId ?? "" })),
        denied
      )
      yield* as(service(table("two"))).retireGrant({ KeyId: arn, GrantId: Grants?.[0]?.GrantId ?? "" })
      assert.strictEqual(yield* encrypt(service(table("one"))), denied)
      assert.notInclude(JSON.stringify(events()), "GrantToken")
    }))

  it.effect("is not consulted where the group of grants is not carried", () =>
    Effect.gen(function*() {
      const { arn, grant, store } = yield* withKey()
      const { GrantToken } = yield* grant({ GranteePrincipal: bob, Operations: ["DescribeKey"] })
      const bare = yield* makeWorld({ store, groups: [symmetric] })
      assert.strictEqual(yield* outcome(bare.as(bob).describeKey({ KeyId: arn })), denied)
      assert.strictEqual(
        yield* failure(bare.root.describeKey({ KeyId: arn, GrantTokens: [GrantToken] })),
        "InvalidGrantTokenException: The grant token names no grant that is in force."
      )
    }))
})

describe("CreateGrant by a grant", () => {
  it.effect("makes grants no wider than its own", () =>
    Effect.gen(function*() {
      const { as, encrypt, grant } = yield* withKey()
      const Constraints = { EncryptionContextSubset: { app: "pay" } }
      yield* grant({ GranteePrincipal: bob, Operations: ["CreateGrant", "Encrypt"], Constraints })
      const child = (more: object) =>
        outcome(grant({ GranteePrincipal: ada, Operations: ["Encrypt"], ...more }, as(bob)))
      assert.deepStrictEqual(
        yield* Effect.all([
          child({}),
          child({ Constraints: { EncryptionContextSubset: { app: "hr" } } }),
          child({ Constraints, Operations: ["Encrypt", "Decrypt"] }),
          child({ Constraints: { SourceArn: "arn:aws:s3:::bucket/name" } })
        ]),
        [denied, denied, denied, denied]
      )
      assert.strictEqual(yield* encrypt(ada, { EncryptionContext: { app: "pay" } }), denied)
      assert.strictEqual(yield* child({ Constraints: { EncryptionContextEquals: { app: "pay", more: "x" } } }), "ok")
      assert.strictEqual(yield* encrypt(ada, { EncryptionContext: { app: "pay", more: "x" } }), "ok")
      assert.strictEqual(yield* encrypt(ada, { EncryptionContext: { app: "pay" } }), denied)
    }))

  it.effect("may be for the resource of its own only, and on that resource's behalf", () =>
    Effect.gen(function*() {
      const { as, grant } = yield* withKey()
      const Constraints = { SourceArn: "arn:aws:s3:::bucket/name" }
      yield* grant({ GranteePrincipal: bob, Operations: ["CreateGrant", "Encrypt"], Constraints })
      const by = { principal: bob, viaService: `s3.${region}.amazonaws.com`, sourceArn: Constraints.SourceArn }
      const wanted = { GranteePrincipal: ada, Operations: ["Encrypt" as const] }
      assert.strictEqual(yield* outcome(grant({ ...wanted, Constraints }, as(by))), "ok")
      assert.strictEqual(yield* outcome(grant({ ...wanted, Constraints }, as(bob))), denied)
      assert.strictEqual(yield* outcome(grant(wanted, as(by))), denied)
    }))

  it.effect("leaves its children in force when it is revoked, and is of its caller's account", () =>
    Effect.gen(function*() {
      const { arn, as, encrypt, grant, root } = yield* withKey()
      const parent = yield* grant({ GranteePrincipal: stranger, Operations: ["CreateGrant", "Encrypt"] })
      yield* grant({ GranteePrincipal: ada, Operations: ["Encrypt"] }, as(stranger))
      yield* root.revokeGrant({ KeyId: arn, GrantId: parent.GrantId })
      assert.deepStrictEqual(yield* Effect.all([encrypt(ada), encrypt(stranger)]), ["ok", denied])
      const { Grants } = yield* root.listGrants({ KeyId: arn })
      assert.deepStrictEqual(Grants?.map(({ IssuingAccount }) => IssuingAccount), [rootOf(otherAccount)])
    }))
})

describe("a name", () => {
  it.effect("and the same parameters are the same grant, with a new token each time", () =>
    Effect.gen(function*() {
      const world = yield* withKey()
      const { grant, root } = world
      const wanted = {
        Name: "n",
        GranteePrincipal: bob,
        Operations: ["Encrypt" as const, "Decrypt" as const],
        Constraints: { EncryptionContextSubset: { a: "1", b: "2" } }
      }
      const first = yield* grant(wanted)
      const before = yield* ids(world)
      const again = yield* grant({
        ...wanted,
        Operations: ["Decrypt", "Encrypt", "Decrypt"],
        Constraints: { EncryptionContextSubset: { b: "2", a: "1" }, EncryptionContextEquals: {} }
      })
      assert.strictEqual(again.GrantId, first.GrantId)
      assert.notStrictEqual(again.GrantToken, first.GrantToken)
      assert.deepStrictEqual(yield* ids(world), before)
      yield* root.retireGrant({ GrantToken: again.GrantToken })
      const other = yield* grant(wanted)
      assert.notStrictEqual(other.GrantId, first.GrantId)
      assert.strictEqual(
        yield* outcome(root.retireGrant({ GrantToken: first.GrantToken })),
        "InvalidGrantTokenException"
      )
    }))

  it.effect("with any other parameter, on another key, or none at all, is another grant", () =>
    Effect.gen(function*() {
      const { as, grant, root } = yield* withKey()
      const wanted = { Name: "n", GranteePrincipal: bob, Operations: ["Encrypt" as const, "CreateGrant" as const] }
      const { GrantId } = yield* grant(wanted)
      const KeyId = yield* createKey(root)
      yield* grant({ GranteePrincipal: stranger, Operations: ["CreateGrant", "Encrypt"] })
      const others = yield* Effect.all([
        grant({ ...wanted, Name: "m" }),
        grant({ ...wanted, GranteePrincipal: ada }),
        grant({ ...wanted, RetiringPrincipal: ada }),
        grant({ ...wanted, Operations: ["Encrypt"] }),
        grant({ ...wanted, Constraints: { EncryptionContextSubset: { a: "1" } } }),
        grant({ ...wanted, Constraints: { EncryptionContextEquals: { a: "1" } } }),
        grant({ ...wanted, Constraints: { SourceArn: "arn:aws:s3:::bucket/name" } }),
        grant(wanted, as(stranger)),
        root.createGrant({ ...wanted, KeyId }),
        grant({ GranteePrincipal: bob, Operations: ["Encrypt"] }),
        grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      ])
      assert.strictEqual(new Set([GrantId, ...others.map((made) => made.GrantId)]).size, 12)
    }))

  it.effect("asked for twice at once makes one grant", () =>
    Effect.gen(function*() {
      const { arn, grant, root } = yield* withKey()
      const made = yield* Effect.forkChild(
        Effect.all(
          Array.from({ length: 5 }, () => grant({ Name: "n", GranteePrincipal: bob, Operations: ["Encrypt"] })),
          { concurrency: "unbounded" }
        )
      )
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(new Set((yield* Fiber.join(made)).map(({ GrantId }) => GrantId)).size, 1)
      const { Grants = [] } = yield* root.listGrants({ KeyId: arn })
      assert.strictEqual(Grants.length, 1)
    }))
})

describe("the quota of grants", () => {
  it.effect("is of one key, and ending a grant makes room", () =>
    Effect.gen(function*() {
      const { arn, grant, root } = yield* withKey({ limits: { grantsPerKey: 2 } })
      const wanted = { GranteePrincipal: bob, Operations: ["Encrypt" as const] }
      const named = { ...wanted, Name: "n" }
      yield* grant(wanted)
      const { GrantId } = yield* grant(named)
      assert.strictEqual(
        yield* failure(grant(wanted)),
        `LimitExceededException: ${arn} has 2 grants, which is its quota.`
      )
      assert.strictEqual((yield* grant(named)).GrantId, GrantId)
      yield* root.revokeGrant({ KeyId: arn, GrantId })
      yield* grant(wanted)
    }))
})

describe("a key that is gone", () => {
  it.effect("takes its grants with it, before and after maintenance, and leaves no record", () =>
    Effect.gen(function*() {
      const world = yield* withKey()
      const { arn, as, encrypt, grant, kms, root } = world
      const wanted = { GranteePrincipal: bob, RetiringPrincipal: ada, Operations: ["Encrypt" as const] }
      for (let one = 0; one < 120; one++) yield* grant({ ...wanted, Name: `n${one}` })
      const { GrantId, GrantToken } = yield* grant(wanted)
      yield* grant({ GranteePrincipal: ada, Operations: ["Encrypt"] })
      yield* root.scheduleKeyDeletion({ KeyId: arn, PendingWindowInDays: 7 })
      assert.strictEqual(yield* encrypt(ada), "KMSInvalidStateException")
      yield* TestClock.adjust("7 days")
      const other = yield* createKey(root)
      const own = (caller: string) => ({ principal: caller, identityPolicies: [allow("kms:*")] })
      const gone = Effect.gen(function*() {
        assert.strictEqual(yield* encrypt(ada), "NotFoundException")
        const listed = yield* as(own(ada)).listRetirableGrants({ RetiringPrincipal: ada, Limit: 100 })
        assert.deepStrictEqual(listed.Grants, [])
        assert.strictEqual(yield* outcome(root.retireGrant({ GrantToken })), "InvalidGrantTokenException")
        const Plaintext = bytes("x")
        const shown = root.encrypt({ KeyId: other, Plaintext, GrantTokens: [GrantToken] })
        assert.strictEqual(yield* outcome(shown), "InvalidGrantTokenException")
      })
      yield* gone
      yield* put(world, `grant/${account}/${region}/${world.KeyId}/${GrantId}`, {})
      yield* kms.maintain
      yield* gone
      const left = (yield* ids(world)).filter((id) => id.includes(world.KeyId))
      // The record that could not be read had said who may retire it.
      assert.deepStrictEqual(left.map((id) => id.split("/")[0]), ["retiring"])
    }))
})

describe("who may ask", () => {
  it.effect("CreateGrant, ListGrants and RevokeGrant is told by policies, across accounts too", () =>
    Effect.gen(function*() {
      const policy = keyPolicy({ account, administrators: [], users: [] })
      const { Statement } = JSON.parse(policy)
      const statement = {
        Effect: "Allow",
        Principal: { AWS: otherAccount },
        Action: ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
        Resource: "*",
        Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } }
      }
      const world = yield* makeWorld()
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [...Statement, statement] })
      const KeyId = yield* createKey(world.root, { Policy })
      const arn = `arn:aws:kms:${region}:${account}:key/${KeyId}`
      const through = { principal: rootOf(otherAccount), viaService: `s3.${region}.amazonaws.com` }
      const wanted = { KeyId: arn, GranteePrincipal: stranger, Operations: ["Encrypt" as const] }
      assert.strictEqual(yield* outcome(world.as(through.principal).createGrant(wanted)), denied)
      const { GrantId = "" } = yield* world.as(through).createGrant(wanted)
      assert.strictEqual(yield* outcome(world.as(through.principal).listGrants({ KeyId: arn })), denied)
      assert.strictEqual((yield* world.as(through).listGrants({ KeyId: arn })).Grants?.[0]?.GrantId, GrantId)
      assert.strictEqual(yield* outcome(world.as(through.principal).revokeGrant({ KeyId: arn, GrantId })), denied)
      yield* world.as(through).revokeGrant({ KeyId: arn, GrantId })
      assert.deepStrictEqual((yield* world.as(through).listGrants({ KeyId: arn })).Grants, [])
    }))

  it.effect("CreateGrant can depend on what the grant is to be", () =>
    Effect.gen(function*() {
      const { grant, as } = yield* withKey()
      const only = (Condition: object) => ({
        principal: user("maker"),
        identityPolicies: [identity({ Effect: "Allow", Action: "kms:CreateGrant", Resource: "*", Condition })]
      })
      const wanted = {
        GranteePrincipal: bob,
        RetiringPrincipal: ada,
        Operations: ["Encrypt" as const],
        Constraints: { EncryptionContextSubset: { a: "1" } }
      }
      const tells = (Condition: object, more: object = {}) =>
        outcome(grant({ ...wanted, ...more }, as(only(Condition))))
      const cases = [
        [{ "kms:GranteePrincipal": bob }, { GranteePrincipal: ada }],
        [{ "kms:RetiringPrincipal": ada }, { RetiringPrincipal: bob }],
        [{ "kms:GrantConstraintType": "EncryptionContextSubset" }, { Constraints: {} }]
      ] as const
      for (const [StringEquals, other] of cases) {
        assert.deepStrictEqual([yield* tells({ StringEquals }), yield* tells({ StringEquals }, other)], ["ok", denied])
      }
      const operations = { "ForAllValues:StringEquals": { "kms:GrantOperations": ["Encrypt", "Decrypt"] } }
      assert.strictEqual(yield* tells(operations), "ok")
      assert.strictEqual(yield* tells(operations, { Operations: ["Encrypt", "GenerateDataKey"] }), denied)
    }))
})
