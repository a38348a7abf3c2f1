/** Tokens, the time until a grant is known, lists of grants, and who may end one. */
import { assert, describe, it } from "@effect/vitest"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import * as GrantToken from "@keystead/core/crypto/GrantToken"
import { RootKey } from "@keystead/core/crypto/RootKey"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { failure } from "../support/Failure.ts"
import { holds } from "../support/Property.ts"
import { ids, rootKey } from "../support/Tamper.ts"
import { account, bytes, createKey, otherAccount, region, root as owner, user } from "../support/World.ts"
import { ada, bob, denied, outcome, rootOf, stranger, withKey } from "./Support.ts"

const identity = (Effect: "Allow" | "Deny", Action: string) => [
  Result.getOrThrow(
    parseIdentityPolicy(JSON.stringify({ Version: "2012-10-17", Statement: { Effect, Action, Resource: "*" } }))
  )
]

const invalidToken = "InvalidGrantTokenException"

describe("a grant token", () => {
  it.effect("is taken from anyone where the grant is in force, and makes nobody else its grantee", () =>
    Effect.gen(function*() {
      const { arn, encrypt, grant, root } = yield* withKey()
      const one = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      const GrantTokens = [one.GrantToken]
      assert.isAtMost(one.GrantToken.length, 8192)
      assert.match(one.GrantToken, /^[\w-]+$/)
      assert.strictEqual(yield* encrypt(bob, { GrantTokens }), "ok")
      assert.strictEqual(yield* encrypt(ada, { GrantTokens }), denied)
      const other = yield* createKey(root)
      const elsewhere = yield* root.createGrant({ KeyId: other, GranteePrincipal: ada, Operations: ["Encrypt"] })
      assert.strictEqual(yield* encrypt(ada, { GrantTokens: [elsewhere.GrantToken ?? ""] }), denied)
      assert.strictEqual(yield* encrypt(owner, { GrantTokens: [elsewhere.GrantToken ?? "", ...GrantTokens] }), "ok")
      yield* root.revokeGrant({ KeyId: arn, GrantId: one.GrantId })
      assert.strictEqual(yield* encrypt(bob, { GrantTokens }), invalidToken)
      assert.strictEqual(yield* encrypt(owner, { GrantTokens }), invalidToken)
    }))

  it("is refused when it is changed, cut, or made up, and when another Keystead made it", () =>
    holds(
      fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.base64String()),
      ([at, change, made]) =>
        Effect.gen(function*() {
          const { encrypt, grant } = yield* withKey()
          const { GrantToken: token } = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
          const changed = Result.getOrThrow(Base64Url.decode(token))
          const index = at % changed.length
          changed[index] = (changed[index] ?? 0) ^ change
          const there = yield* withKey({ rootKey: new Uint8Array(32).fill(8) })
          const elsewhere = yield* there.grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
          const forgeries = [
            Base64Url.encode(changed),
            Base64Url.encode(changed.subarray(0, Math.max(1, index))),
            token.slice(0, -1),
            `${token}=`,
            `x${made}`,
            elsewhere.GrantToken
          ]
          for (const forged of forgeries) {
            assert.strictEqual(yield* encrypt(bob, { GrantTokens: [forged] }), invalidToken)
            assert.strictEqual(yield* encrypt(owner, { GrantTokens: [token, forged] }), invalidToken)
          }
        }),
      { numRuns: 30 }
    ))

  it.effect("says nothing but the id of the grant's record", () =>
    Effect.gen(function*() {
      const { KeyId, grant } = yield* withKey()
      const { GrantId, GrantToken: token } = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      const opened = yield* Effect.provideService(GrantToken.open(token), RootKey, yield* rootKey)
      assert.strictEqual(opened, `grant/${account}/${region}/${KeyId}/${GrantId}`)
    }))
})

describe("a Keystead that is as eventually consistent as AWS", () => {
  it.effect("lets a grant allow something with its token at once, and without it after a while", () =>
    Effect.gen(function*() {
      const { arn, as, encrypt, grant, root } = yield* withKey({ grantDelay: 300_000 })
      const one = yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt", "CreateGrant"] })
      const GrantTokens = [one.GrantToken]
      const child = { KeyId: arn, GranteePrincipal: ada, Operations: ["Encrypt" as const] }
      assert.strictEqual(yield* encrypt(bob), denied)
      assert.strictEqual(yield* encrypt(bob, { GrantTokens }), "ok")
      assert.strictEqual(yield* outcome(as(bob).createGrant(child)), denied)
      const { GrantToken: childToken = "" } = yield* as(bob).createGrant({ ...child, GrantTokens })
      // Lists, and ending a grant, do not wait: whoever wants to take something back must be able to.
      assert.strictEqual((yield* root.listGrants({ KeyId: arn })).Grants?.length, 2)
      yield* TestClock.adjust(299_999)
      assert.deepStrictEqual(yield* Effect.all([encrypt(bob), encrypt(ada)]), [denied, denied])
      assert.strictEqual(yield* encrypt(ada, { GrantTokens: [childToken] }), "ok")
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* Effect.all([encrypt(bob), encrypt(ada)]), ["ok", "ok"])
      assert.strictEqual(yield* encrypt(bob, { GrantTokens }), "ok")
      yield* root.revokeGrant({ KeyId: arn, GrantId: one.GrantId })
      assert.strictEqual(yield* encrypt(bob), denied)
    }))

  it.effect("is one only if it is asked to be, whatever the clocks of its processes", () =>
    Effect.gen(function*() {
      const { encrypt, grant } = yield* withKey()
      yield* TestClock.adjust("1 hour")
      yield* grant({ GranteePrincipal: bob, Operations: ["Encrypt"] })
      yield* TestClock.setTime(0)
      assert.strictEqual(yield* encrypt(bob), "ok")
    }))
})

describe("RetireGrant", () => {
  const wanted = { GranteePrincipal: bob, RetiringPrincipal: ada, Operations: ["Encrypt" as const] }

  it.effect("is for the retiring principal, the grantee if the grant says so, and the accounts of issuer and key", () =>
    Effect.gen(function*() {
      const { arn, as, encrypt, grant, root } = yield* withKey()
      yield* grant({ GranteePrincipal: stranger, Operations: ["CreateGrant", "Encrypt", "RetireGrant"] })
      const retire = Effect.fnUntraced(function*(
        caller: Parameters<typeof as>[0],
        more: object = {},
        by: typeof root = root
      ) {
        const { GrantId } = yield* grant({ ...wanted, ...more }, by)
        return yield* outcome(as(caller).retireGrant({ KeyId: arn, GrantId }))
      })
      const allowed = (principal: string) => ({ principal, identityPolicies: identity("Allow", "kms:RetireGrant") })
      const refused = (principal: string) => ({ principal, identityPolicies: identity("Deny", "kms:RetireGrant") })
      const toAccount = { RetiringPrincipal: rootOf(otherAccount) }
      assert.deepStrictEqual(
        yield* Effect.all([
          retire(ada),
          retire(refused(ada)),
          retire(bob),
          retire(bob, { Operations: ["Encrypt", "RetireGrant"] }),
          retire(stranger),
          retire(owner),
          retire(rootOf(otherAccount)),
          retire(rootOf(otherAccount), {}, as(stranger)),
          retire(owner, {}, as(stranger)),
          retire(user("carl")),
          retire(allowed(user("carl"))),
          retire(allowed(stranger)),
          retire(allowed(stranger), {}, as(stranger)),
          retire(stranger, toAccount),
          retire(allowed(stranger), toAccount),
          retire(rootOf(otherAccount), toAccount)
        ]),
        ["ok", denied, denied, "ok", denied, "ok", denied, "ok", "ok", denied, "ok", denied, "ok", denied, "ok", "ok"]
      )
      assert.strictEqual(yield* encrypt(bob), "ok")
    }))

  it.effect("does not ask the key policy", () =>
    Effect.gen(function*() {
      const { arn, as, grant, root } = yield* withKey()
      const statement = (Effect: string, AWS: string) => ({
        Effect,
        Principal: { AWS },
        Action: "kms:RetireGrant",
        Resource: "*"
      })
      const Statement = [
        { Effect: "Allow", Principal: { AWS: owner }, Action: "kms:*", Resource: "*" },
        statement("Allow", bob),
        statement("Deny", ada)
      ]
      yield* root.putKeyPolicy({ KeyId: arn, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) })
      const { GrantId } = yield* grant(wanted)
      assert.strictEqual(yield* outcome(as(bob).retireGrant({ KeyId: arn, GrantId })), denied)
      assert.strictEqual(yield* outcome(as(ada).retireGrant({ KeyId: arn, GrantId })), "ok")
    }))

  it.effect("takes the token or key and id, at once, and leaves nothing", () =>
    Effect.gen(function*() {
      const world = yield* withKey()
      const { KeyId, arn, as, encrypt, grant } = world
      const before = yield* ids(world)
      for (const by of ["token", "id"]) {
        const { GrantId, GrantToken: token } = yield* grant({ ...wanted, Name: "n" })
        assert.strictEqual(yield* encrypt(bob), "ok")
        const call = as(ada).retireGrant(by === "id" ? { KeyId, GrantId } : { GrantToken: token })
        assert.strictEqual(yield* outcome(as(ada).retireGrant({ KeyId: arn, GrantId, DryRun: true })), dry)
        yield* call
        assert.strictEqual(yield* encrypt(bob), denied)
        assert.deepStrictEqual((yield* ids(world)).filter((id) => !before.includes(id)), [
          `grants/${account}/${region}/${KeyId}`
        ])
        assert.strictEqual(yield* outcome(call), by === "id" ? denied : invalidToken)
      }
    }))

  it.effect("wants the grant named in one way, and says of one that is not there what the caller may know", () =>
    Effect.gen(function*() {
      const { KeyId, arn, as, grant, root } = yield* withKey()
      const { GrantId, GrantToken: token } = yield* grant(wanted)
      const words =
        "ValidationException: Specify the grant to retire by its GrantToken, or by both GrantId and KeyId, and "
        + "not by both."
      for (const input of [{}, { KeyId }, { GrantId }, { GrantToken: token, KeyId }, { GrantToken: token, GrantId }]) {
        assert.strictEqual(yield* failure(root.retireGrant(input)), words)
      }
      const absent = "0".repeat(64)
      for (const operation of ["retireGrant", "revokeGrant"] as const) {
        assert.strictEqual(
          yield* failure(root[operation]({ KeyId, GrantId: absent })),
          `NotFoundException: Grant ID ${absent} of key '${arn}' is not found.`
        )
        assert.strictEqual(
          yield* failure(root[operation]({ KeyId, GrantId: "../x" })),
          "InvalidGrantIdException: '../x' is no grant ID: these have 64 hexadecimal digits."
        )
        assert.strictEqual(yield* outcome(as(ada)[operation]({ KeyId, GrantId: absent })), denied)
        assert.strictEqual(yield* outcome(as(stranger)[operation]({ KeyId: arn, GrantId: absent })), denied)
      }
      const elsewhere = as(owner, "us-east-1").retireGrant({ GrantToken: token })
      assert.strictEqual(
        yield* failure(elsewhere),
        "InvalidGrantTokenException: The grant token is not one of Region us-east-1."
      )
    }))
})

const dry = "DryRunOperationException"

describe("lists of grants", () => {
  it.effect("tell each grant as it was made, page by page", () =>
    Effect.gen(function*() {
      const { arn, grant, root } = yield* withKey()
      yield* TestClock.setTime(5000)
      const made = new Map<string, object>()
      for (let one = 0; one < 7; one++) {
        const rest = { Operations: ["Encrypt" as const, "Decrypt" as const], RetiringPrincipal: ada }
        const { GrantId } = yield* grant({
          ...rest,
          GranteePrincipal: one % 2 === 0 ? bob : ada,
          ...(one === 3 ? { Name: "n", Constraints: { EncryptionContextSubset: { a: "1" } } } : {})
        })
        made.set(GrantId, {
          KeyId: arn,
          GrantId,
          ...(one === 3 ? { Name: "n", Constraints: { EncryptionContextSubset: { a: "1" } } } : {}),
          CreationDate: new Date(5000),
          GranteePrincipal: one % 2 === 0 ? bob : ada,
          IssuingAccount: owner,
          ...rest
        })
      }
      const sorted = [...made.keys()].toSorted((one, other) => one < other ? -1 : 1)
      const pages = Effect.fnUntraced(function*(list: (Marker: object) => ReturnType<typeof root.listGrants>) {
        const found: Array<object> = []
        for (let Marker: string | undefined, more = true; more;) {
          const page = yield* list(Marker === undefined ? {} : { Marker })
          found.push(...page.Grants ?? [])
          assert.isAtMost(page.Grants?.length ?? 0, 2)
          assert.strictEqual(page.NextMarker !== undefined, page.Truncated)
          more = page.Truncated === true
          Marker = page.NextMarker
        }
        return found
      })
      const all = yield* pages((more) => root.listGrants({ KeyId: arn, Limit: 2, ...more }))
      assert.deepStrictEqual(all, sorted.map((id) => made.get(id)))
      const bobs = yield* pages((more) => root.listGrants({ KeyId: arn, GranteePrincipal: bob, Limit: 2, ...more }))
      assert.deepStrictEqual(bobs, all.filter((one) => Reflect.get(one, "GranteePrincipal") === bob))
      const retirable = yield* pages((more) => root.listRetirableGrants({ RetiringPrincipal: ada, Limit: 2, ...more }))
      assert.deepStrictEqual(retirable, all)
      const [first = ""] = sorted
      const one = { KeyId: arn, GrantId: first }
      assert.deepStrictEqual((yield* root.listGrants(one)).Grants, [made.get(first)])
      const isBobs = Reflect.get(all[0] ?? {}, "GranteePrincipal") === bob
      const other = yield* root.listGrants({ ...one, GranteePrincipal: isBobs ? ada : bob })
      assert.deepStrictEqual(other.Grants, [])
      assert.deepStrictEqual((yield* root.listGrants({ ...one, GrantId: "0".repeat(64) })).Grants, [])
    }))

  it.effect("are for one retiring principal of the own account, whosever the keys are", () =>
    Effect.gen(function*() {
      const { as, grant } = yield* withKey()
      yield* grant({ GranteePrincipal: bob, RetiringPrincipal: stranger, Operations: ["Encrypt"] })
      const role = `arn:aws:iam::${otherAccount}:role/one/name`
      yield* grant({ GranteePrincipal: bob, RetiringPrincipal: role, Operations: ["Encrypt"] })
      const theirs = as(rootOf(otherAccount))
      const list = (RetiringPrincipal: string, by: typeof theirs = theirs) =>
        Effect.map(by.listRetirableGrants({ RetiringPrincipal }), ({ Grants = [] }) => Grants.length)
      assert.strictEqual(yield* list(stranger), 1)
      assert.strictEqual(yield* list(role), 1)
      // In the index these two share a name.
      assert.strictEqual(yield* list(`arn:aws:iam::${otherAccount}:role/two/name`), 0)
      assert.strictEqual(yield* outcome(list(stranger, as(owner))), denied)
      assert.strictEqual(yield* outcome(list(stranger, as(stranger))), denied)
      assert.strictEqual(
        yield* failure(list("root")),
        "InvalidArnException: ARN does not refer to a valid principal: root"
      )
      assert.strictEqual(yield* list(stranger, as(rootOf(otherAccount), "us-east-1")), 0)
      assert.strictEqual((yield* Effect.flip(theirs.listRetirableGrants({})))._tag, "ValidationException")
      assert.strictEqual(
        (yield* Effect.flip(theirs.listRetirableGrants({ RetiringPrincipal: stranger, Marker: "x" })))._tag,
        "InvalidMarkerException"
      )
    }))
})

describe("CreateGrant", () => {
  const wanted = { GranteePrincipal: bob, Operations: ["Encrypt" as const] }
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]))

  const service = {
    GranteeServicePrincipal: "dynamodb.amazonaws.com",
    Operations: ["Encrypt" as const],
    Constraints: { SourceArn: "arn:aws:dynamodb:::table/x" }
  }

  it.effect.each<readonly [wanted: object, words: string]>([
    [{ Operations: ["Encrypt"] }, "You must specify either GranteePrincipal or GranteeServicePrincipal."],
    [{ ...wanted, Operations: [] }, "A grant must permit at least one operation."],
    [
      { ...wanted, GranteeServicePrincipal: "dynamodb.amazonaws.com" },
      "You can specify either GranteePrincipal or GranteeServicePrincipal, but not both."
    ],
    [
      { ...wanted, RetiringPrincipal: ada, RetiringServicePrincipal: "dynamodb.amazonaws.com" },
      "You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both."
    ],
    [
      { ...wanted, RetiringServicePrincipal: "dynamodb" },
      "RetiringServicePrincipal must be the name of a service, such as dynamodb.amazonaws.com."
    ],
    [
      { ...service, Constraints: {}, RetiringPrincipal: ada },
      "A grant with a GranteeServicePrincipal must have a SourceArn constraint."
    ],
    [service, "A grant with a GranteeServicePrincipal must have a RetiringPrincipal or a RetiringServicePrincipal."],
    [
      { ...wanted, Constraints: { EncryptionContextEquals: { a: "1" }, EncryptionContextSubset: { a: "1" } } },
      "A grant can have one encryption context constraint: EncryptionContextEquals or EncryptionContextSubset."
    ],
    [
      { ...wanted, Constraints: { EncryptionContextEquals: { a: "1", A: "1" } } },
      "The keys of a grant constraint must not differ in case only: constraints do not tell them apart."
    ],
    [
      { ...wanted, Constraints: { EncryptionContextSubset: pairs(9) } },
      "A grant constraint can have at most 8 encryption context pairs."
    ],
    [
      { ...wanted, Constraints: { EncryptionContextSubset: { a: "x".repeat(385) } } },
      "An encryption context value in a grant constraint can have at most 384 characters."
    ],
    [
      { ...wanted, Operations: ["Encrypt", "Sign"] },
      "A grant for a KMS key of spec SYMMETRIC_DEFAULT and usage ENCRYPT_DECRYPT cannot permit Sign: it can permit "
      + "Encrypt, Decrypt, ReEncryptFrom, ReEncryptTo, GenerateDataKey, GenerateDataKeyWithoutPlaintext, "
      + "GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, DescribeKey, CreateGrant, RetireGrant."
    ]
  ])("refuses what can be no grant: %j", ([input, words]) =>
    Effect.gen(function*() {
      const { grant } = yield* withKey()
      assert.strictEqual(yield* failure(grant(input as never)), `ValidationException: ${words}`)
    }))

  it.effect("takes what is just within the limits, and refuses principals that are none", () =>
    Effect.gen(function*() {
      const { grant } = yield* withKey()
      yield* grant({ ...wanted, Constraints: { EncryptionContextSubset: { ...pairs(7), a: "x".repeat(384) } } })
      yield* grant({ ...service, RetiringPrincipal: ada })
      for (const member of ["GranteePrincipal", "RetiringPrincipal"]) {
        assert.strictEqual(
          yield* failure(grant({ ...wanted, [member]: "arn:aws:iam::1:user/x" })),
          "InvalidArnException: ARN does not refer to a valid principal: arn:aws:iam::1:user/x"
        )
      }
    }))

  it.effect("fits the key: each usage has its own operations, and only symmetric keys an encryption context", () =>
    Effect.gen(function*() {
      const { as, root } = yield* withKey()
      const KeyId = yield* createKey(root, { KeySpec: "ECC_NIST_EDWARDS25519", KeyUsage: "SIGN_VERIFY" })
      const sign = { KeyId, GranteePrincipal: bob, Operations: ["Sign" as const, "GetPublicKey" as const] }
      assert.strictEqual(
        yield* failure(root.createGrant({ ...sign, Constraints: { EncryptionContextSubset: { a: "1" } } })),
        "ValidationException: Encryption context constraints are supported only in grants for symmetric encryption KMS keys."
      )
      assert.strictEqual(yield* outcome(root.createGrant({ ...sign, Operations: ["Encrypt"] })), "ValidationException")
      yield* root.createGrant(sign)
      const request = { KeyId, Message: bytes("x"), SigningAlgorithm: "ED25519_SHA_512" as const }
      const { Signature = bytes("") } = yield* as(bob).sign(request)
      assert.strictEqual(yield* outcome(as(bob).verify({ ...request, Signature })), denied)
      yield* as(bob).getPublicKey({ KeyId })
    }))
})
