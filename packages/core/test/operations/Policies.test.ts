import { assert, describe, it } from "@effect/vitest"
import { defaultKeyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { failureOf } from "../support/Failure.ts"
import { account, bytes, createKey, makeWorld, root, user } from "../support/World.ts"

const policy = (...Statement: ReadonlyArray<object>) => JSON.stringify({ Version: "2012-10-17", Statement })
const allow = (principal: string, Action: string | ReadonlyArray<string> = "kms:*") => ({
  Effect: "Allow",
  Principal: { AWS: principal },
  Action,
  Resource: "*"
})

const lockedOut =
  "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future."

describe("PutKeyPolicy", () => {
  it.effect("replaces the policy at once, word for word", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      const bob = world.as(user("bob"))
      const encrypt = { KeyId, Plaintext: bytes("x") }
      assert.match(yield* failureOf(bob, "Encrypt", encrypt), /^AccessDenied/)
      const Policy = `  ${policy(allow(root), allow(user("bob"), "kms:Encrypt"))}\n`
      assert.isUndefined(yield* world.root.putKeyPolicy({ KeyId, PolicyName: "default", Policy }))
      assert.deepStrictEqual(yield* world.root.getKeyPolicy({ KeyId }), { Policy, PolicyName: "default" })
      yield* bob.encrypt(encrypt)
      yield* world.root.putKeyPolicy({ KeyId, Policy: policy(allow(root)) })
      assert.match(yield* failureOf(bob, "Encrypt", encrypt), /^AccessDenied/)
    }))

  it.effect("keeps nobody from the policy who writes it, unless the check is bypassed", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      const lockouts = [
        policy(allow(user("bob"))),
        policy(allow(root, "kms:Encrypt")),
        policy(allow(root), { ...allow(root, "kms:PutKeyPolicy"), Effect: "Deny" }),
        policy({ ...allow(root), Condition: { StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } } }),
        // A statement without an action is taken, and has no effect.
        policy({ Effect: "Allow", Principal: "*", Resource: "*" })
      ]
      for (const Policy of lockouts) {
        assert.strictEqual(yield* failureOf(world.root, "PutKeyPolicy", { KeyId, Policy }), lockedOut)
        assert.strictEqual(yield* failureOf(world.root, "CreateKey", { Policy }), lockedOut)
        yield* createKey(world.root, { Policy, BypassPolicyLockoutSafetyCheck: true })
      }
      assert.strictEqual((yield* world.root.getKeyPolicy({ KeyId })).Policy, defaultKeyPolicy(account))
      const [Policy = ""] = lockouts
      yield* world.root.putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true })
      assert.match(yield* failureOf(world.root, "GetKeyPolicy", { KeyId }), /^AccessDenied/)
      assert.strictEqual((yield* world.as(user("bob")).getKeyPolicy({ KeyId })).Policy, Policy)
    }))

  it.effect("counts the writer's own policies where the key policy leaves it to them", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const identity = (actions: string) =>
        Result.getOrThrow(parseIdentityPolicy(policy({ Effect: "Allow", Action: actions, Resource: "*" })))
      const writer = world.as({ principal: user("ada"), identityPolicies: [identity("kms:*")] })
      const creator = world.as({ principal: user("ada"), identityPolicies: [identity("kms:CreateKey")] })
      yield* createKey(writer, { Policy: policy(allow(root)) })
      assert.strictEqual(yield* failureOf(creator, "CreateKey", { Policy: policy(allow(root)) }), lockedOut)
      yield* createKey(creator, { Policy: policy(allow(root), allow(user("ada"))) })
    }))

  it.effect("refuses what is no policy, is too long, or has another name", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const KeyId = yield* createKey(world.root)
      const put = (Policy: string, more: object = {}) =>
        failureOf(world.root, "PutKeyPolicy", { KeyId, Policy, ...more })
      assert.strictEqual(yield* put("{"), "MalformedPolicyDocumentException: The policy is not valid JSON.")
      assert.match(yield* put("{}"), /^MalformedPolicyDocumentException: /)
      assert.match(
        yield* put(policy({ ...allow(root), Effect: "allow" })),
        /^MalformedPolicyDocumentException: .*Effect/
      )
      assert.match(
        yield* put(policy({ ...allow(root), Principal: undefined })),
        /^MalformedPolicyDocumentException: .*Principal/
      )
      const long = policy({ ...allow(root), Sid: "x".repeat(32_768) })
      assert.match(yield* put(long), /^LimitExceededException: /)
      assert.match(yield* failureOf(world.root, "CreateKey", { Policy: long }), /^LimitExceededException: /)
      const none = "NotFoundException: No such policy exists"
      assert.strictEqual(yield* put(policy(allow(root)), { PolicyName: "other" }), none)
      assert.strictEqual(yield* failureOf(world.root, "GetKeyPolicy", { KeyId, PolicyName: "other" }), none)
      assert.strictEqual((yield* world.root.getKeyPolicy({ KeyId, PolicyName: "default" })).PolicyName, "default")
      assert.deepStrictEqual(yield* world.root.listKeyPolicies({ KeyId }), {
        PolicyNames: ["default"],
        Truncated: false
      })
    }))
})

describe("an explicit deny", () => {
  it.effect("wins, in the key policy and in the caller's own, whatever else allows", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const everything = Result.getOrThrow(parseIdentityPolicy(policy({ Effect: "Allow", Action: "*", Resource: "*" })))
      const nothing = Result.getOrThrow(
        parseIdentityPolicy(policy({ Effect: "Deny", Action: "kms:Encrypt", Resource: "*" }))
      )
      const denied = { ...allow(user("bob"), "kms:Encrypt"), Effect: "Deny" }
      const open = yield* createKey(world.root, { Policy: policy(allow(root), allow(user("bob"))) })
      const closed = yield* createKey(world.root, { Policy: policy(allow(root), allow(user("bob")), denied) })
      const callers = {
        "nothing of its own": {},
        "everything of its own": { identityPolicies: [everything] },
        "everything, and a deny": { identityPolicies: [everything, nothing] }
      }
      for (const [name, own] of Object.entries(callers)) {
        const bob = world.as({ principal: user("bob"), ...own })
        for (const KeyId of [open, closed]) {
          const outcome = yield* Effect.result(bob.encrypt({ KeyId, Plaintext: bytes("x") }))
          const allowed = KeyId === open && name !== "everything, and a deny"
          assert.strictEqual(outcome._tag, allowed ? "Success" : "Failure", name)
          yield* bob.generateDataKey({ KeyId, KeySpec: "AES_128" })
        }
      }
    }))

  it.effect("sees the request's conditions: encryption context, tags, aliases, windows, algorithms", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const deny = (Action: string, Condition: object) => ({ ...allow(root, Action), Effect: "Deny", Condition })
      const KeyId = yield* createKey(world.root, {
        Policy: policy(
          allow(root),
          deny("kms:Encrypt", { StringEquals: { "kms:EncryptionContext:secret": "yes" } }),
          deny("kms:GenerateDataKey", { "ForAnyValue:StringEquals": { "kms:EncryptionContextKeys": "forbidden" } }),
          deny("kms:TagResource", { "ForAnyValue:StringEquals": { "aws:TagKeys": "owner" } }),
          deny("kms:TagResource", { StringEquals: { "aws:RequestTag/stage": "production" } }),
          deny("kms:UntagResource", { "ForAnyValue:StringEquals": { "aws:TagKeys": "owner" } }),
          deny("kms:UpdateKeyDescription", { StringEquals: { "aws:ResourceTag/frozen": "true" } }),
          deny("kms:DescribeKey", { StringEquals: { "kms:RequestAlias": "alias/hidden" } }),
          deny("kms:EnableKeyRotation", { NumericGreaterThan: { "kms:RotationPeriodInDays": "365" } }),
          deny("kms:ScheduleKeyDeletion", { NumericLessThan: { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" } }),
          deny("kms:PutKeyPolicy", { Bool: { "kms:BypassPolicyLockoutSafetyCheck": "true" } }),
          deny("kms:ReEncrypt*", { Bool: { "kms:ReEncryptOnSameKey": "true" } }),
          deny("kms:DisableKey", { "ForAnyValue:StringLike": { "kms:ResourceAliases": "alias/prod*" } })
        )
      })
      const owner = world.root
      yield* owner.createAlias({ AliasName: "alias/hidden", TargetKeyId: KeyId })
      const denied = (operation: Parameters<typeof failureOf>[1], input: object) =>
        Effect.map(
          failureOf(owner, operation, { KeyId, ...input }),
          (text) => assert.match(text, /^AccessDenied/, operation)
        )
      const Plaintext = bytes("x")
      yield* denied("Encrypt", { Plaintext, EncryptionContext: { secret: "yes" } })
      const { CiphertextBlob } = yield* owner.encrypt({ KeyId, Plaintext, EncryptionContext: { secret: "no" } })
      yield* denied("GenerateDataKey", { KeySpec: "AES_128", EncryptionContext: { a: "", forbidden: "" } })
      yield* owner.generateDataKey({ KeyId, KeySpec: "AES_128", EncryptionContext: { a: "" } })
      yield* denied("TagResource", { Tags: [{ TagKey: "owner", TagValue: "" }] })
      yield* denied("TagResource", { Tags: [{ TagKey: "stage", TagValue: "production" }] })
      yield* owner.tagResource({ KeyId, Tags: [{ TagKey: "stage", TagValue: "test" }] })
      yield* denied("UntagResource", { TagKeys: ["owner"] })
      yield* owner.untagResource({ KeyId, TagKeys: ["stage"] })
      yield* owner.updateKeyDescription({ KeyId, Description: "" })
      yield* owner.tagResource({ KeyId, Tags: [{ TagKey: "frozen", TagValue: "true" }] })
      yield* denied("UpdateKeyDescription", { Description: "" })
      yield* denied("DescribeKey", { KeyId: "alias/hidden" })
      yield* owner.describeKey({ KeyId })
      yield* denied("EnableKeyRotation", { RotationPeriodInDays: 366 })
      // Without a period it is the default's, which counts as given.
      yield* owner.enableKeyRotation({ KeyId })
      yield* denied("ScheduleKeyDeletion", { PendingWindowInDays: 29 })
      yield* denied("PutKeyPolicy", { Policy: policy(allow(account)), BypassPolicyLockoutSafetyCheck: true })
      yield* denied("ReEncrypt", { CiphertextBlob, SourceEncryptionContext: { secret: "no" }, DestinationKeyId: KeyId })
      const other = yield* createKey(owner)
      yield* owner.reEncrypt({ CiphertextBlob, SourceEncryptionContext: { secret: "no" }, DestinationKeyId: other })
      yield* owner.disableKey({ KeyId })
      yield* owner.enableKey({ KeyId })
      yield* owner.createAlias({ AliasName: "alias/production", TargetKeyId: KeyId })
      yield* denied("DisableKey", {})
      yield* owner.scheduleKeyDeletion({ KeyId })
    }))

  it.effect("is not hidden behind a name that differs in case only", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const statement = (Effect: string, Action: string, key: string, value: string) => ({
        ...allow(user("bob"), Action),
        Effect,
        Condition: { StringEquals: { [key]: value } }
      })
      const KeyId = yield* createKey(world.root, {
        Tags: [{ TagKey: "team", TagValue: "pay" }, { TagKey: "Team", TagValue: "risk" }],
        Policy: policy(
          allow(root),
          allow(user("bob"), ["kms:TagResource", "kms:Encrypt", "kms:DescribeKey"]),
          statement("Deny", "kms:TagResource", "aws:RequestTag/env", "prod"),
          statement("Deny", "kms:Encrypt", "kms:EncryptionContext:secret", "yes"),
          statement("Allow", "kms:UntagResource", "aws:ResourceTag/team", "pay"),
          statement("Allow", "kms:GetKeyPolicy", "aws:ResourceTag/team", "risk"),
          statement("Deny", "kms:DescribeKey", "aws:ResourceTag/TEAM", "risk"),
          statement("Allow", "kms:GenerateDataKey", "kms:EncryptionContext:tenant", "bob")
        )
      })
      const bob = world.as(user("bob"))
      const tags = (...pairs: ReadonlyArray<readonly [string, string]>) => ({
        KeyId,
        Tags: pairs.map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
      })
      const denied = /^AccessDeniedException/
      yield* bob.tagResource(tags(["env", "test"], ["other", "x"]))
      // Each hides the other from who looks at one of them only.
      for (const pairs of [[["env", "prod"], ["ENV", "x"]], [["ENV", "x"], ["env", "prod"]]] as const) {
        assert.match(yield* failureOf(bob, "TagResource", tags(...pairs)), denied)
      }
      assert.deepStrictEqual(world.events().at(-1)?.additionalEventData, {
        authorization: { allowed: false, because: { _tag: "Ambiguous" } }
      })
      const encrypt = (EncryptionContext: object) => ({ KeyId, Plaintext: bytes("x"), EncryptionContext })
      yield* bob.encrypt({ KeyId, Plaintext: bytes("x"), EncryptionContext: { secret: "no", a: "", A: "" } })
      assert.match(yield* failureOf(bob, "Encrypt", encrypt({ secret: "yes", Secret: "no" })), denied)
      assert.match(yield* failureOf(bob, "Encrypt", encrypt({ Secret: "no", secret: "yes" })), denied)
      const dataKey = (EncryptionContext: object) => ({ KeyId, KeySpec: "AES_256", EncryptionContext })
      assert.match(yield* failureOf(bob, "GenerateDataKey", dataKey({ tenant: "eve", Tenant: "bob" })), denied)
      yield* bob.generateDataKey({ KeyId, KeySpec: "AES_256", EncryptionContext: { Tenant: "bob" } })
      // A key may have such tags: then all their values count.
      yield* bob.untagResource({ KeyId, TagKeys: [] })
      yield* bob.getKeyPolicy({ KeyId })
      assert.match(yield* failureOf(bob, "DescribeKey", { KeyId }), denied)
      // No policy depends on them for root.
      yield* world.root.listResourceTags({ KeyId })
    }))
})
