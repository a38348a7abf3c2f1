import { assert, describe, it } from "@effect/vitest"
import { defaultKeyPolicy, keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { call, failureOf } from "../support/Failure.ts"
import { account, bytes, createKey, makeWorld, region, root, user } from "../support/World.ts"

const arnOf = (keyId: string) => `arn:aws:kms:${region}:${account}:key/${keyId}`
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe("CreateKey", () => {
  it.effect("makes an enabled symmetric key with AWS's default policy, and tells its metadata", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* TestClock.setTime(1_700_000_000_000)
      const { KeyMetadata } = yield* world.root.createKey()
      const keyId = KeyMetadata?.KeyId ?? ""
      assert.match(keyId, uuid)
      assert.deepStrictEqual(KeyMetadata, {
        AWSAccountId: account,
        KeyId: keyId,
        Arn: arnOf(keyId),
        CreationDate: new Date(1_700_000_000_000),
        Enabled: true,
        Description: "",
        KeyUsage: "ENCRYPT_DECRYPT",
        KeyState: "Enabled",
        Origin: "AWS_KMS",
        KeyManager: "CUSTOMER",
        CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
        KeySpec: "SYMMETRIC_DEFAULT",
        EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
        MultiRegion: false,
        CurrentKeyMaterialId: KeyMetadata?.CurrentKeyMaterialId
      })
      assert.match(KeyMetadata?.CurrentKeyMaterialId ?? "", /^[0-9a-f]{64}$/)
      assert.deepStrictEqual((yield* world.root.describeKey({ KeyId: keyId })).KeyMetadata, KeyMetadata)
      const { Policy, PolicyName } = yield* world.root.getKeyPolicy({ KeyId: keyId })
      assert.deepStrictEqual([Policy, PolicyName], [defaultKeyPolicy(account), "default"])
      assert.deepStrictEqual(JSON.parse(Policy ?? ""), {
        Version: "2012-10-17",
        Id: "key-default-1",
        Statement: [{
          Sid: "Enable IAM User Permissions",
          Effect: "Allow",
          Principal: { AWS: root },
          Action: "kms:*",
          Resource: "*"
        }]
      })
    }))

  it.effect("takes a description, tags, a policy, and the only spec, usage and origin that there are", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const policy = keyPolicy({ account, administrators: [user("ada")], users: [user("bob")] })
      const asked = { Description: "d", Tags: [{ TagKey: "b", TagValue: "1" }, { TagKey: "a", TagValue: "" }] }
      const KeyId = yield* createKey(world.root, {
        ...asked,
        Policy: policy,
        KeySpec: "SYMMETRIC_DEFAULT",
        KeyUsage: "ENCRYPT_DECRYPT",
        Origin: "AWS_KMS",
        MultiRegion: false,
        BypassPolicyLockoutSafetyCheck: false
      })
      assert.strictEqual((yield* world.root.describeKey({ KeyId })).KeyMetadata?.Description, "d")
      assert.deepStrictEqual((yield* world.root.listResourceTags({ KeyId })).Tags, asked.Tags.toReversed())
      assert.strictEqual((yield* world.root.getKeyPolicy({ KeyId })).Policy, policy)
      yield* createKey(world.root, { CustomerMasterKeySpec: "SYMMETRIC_DEFAULT" })
    }))

  it.effect("refuses what cannot be, and says of what is not built yet that it is not supported", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const refusals: ReadonlyArray<readonly [object, string]> = [
        [
          { KeySpec: "SYMMETRIC_DEFAULT", CustomerMasterKeySpec: "SYMMETRIC_DEFAULT" },
          "ValidationException: You cannot specify KeySpec and CustomerMasterKeySpec in the same request. "
          + "CustomerMasterKeySpec is deprecated."
        ],
        [
          { KeyUsage: "SIGN_VERIFY" },
          "ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT"
        ],
        // Noble has no RSA, and nobody has SM2.
        ...["RSA_2048", "RSA_3072", "RSA_4096", "SM2"].map((KeySpec) =>
          [{ KeySpec }, `UnsupportedOperationException: KeySpec ${KeySpec} is not supported here.`] as const
        ),
        [
          { CustomerMasterKeySpec: "RSA_2048" },
          "UnsupportedOperationException: KeySpec RSA_2048 is not supported here."
        ],
        [
          { KeySpec: "HMAC_256" },
          "ValidationException: You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
        ],
        [
          { KeySpec: "HMAC_256", KeyUsage: "SIGN_VERIFY" },
          "ValidationException: KeyUsage SIGN_VERIFY is not compatible with KeySpec HMAC_256"
        ],
        [{ Tags: [{ TagKey: "AWS:x", TagValue: "" }] }, "TagException: Tags beginning with aws: are reserved"]
      ]
      for (const [input, message] of refusals) assert.strictEqual(yield* failureOf(root, "CreateKey", input), message)
      assert.deepStrictEqual((yield* root.listKeys()).Keys, [])
    }))

  it.effect("stays within the account's quota in each Region, whatever state its keys are in", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ limits: { keysPerRegion: 2 } })
      const [first] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.scheduleKeyDeletion({ KeyId: first })
      assert.strictEqual(
        yield* failureOf(world.root, "CreateKey", {}),
        `LimitExceededException: The account has 2 KMS keys in ${region}, which is its quota.`
      )
      yield* createKey(world.as(root, "us-east-1"))
      yield* createKey(world.as("arn:aws:iam::444455556666:root"))
    }))

  it.effect("is for those whom the account's policies let", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      assert.strictEqual(
        yield* failureOf(world.as(user("eve")), "CreateKey", {}),
        `AccessDeniedException: User: ${user("eve")} is not authorized to perform: kms:CreateKey on resource: *`
      )
    }))
})

describe("identifiers", () => {
  it.effect("name a key by id and ARN everywhere, by alias name and alias ARN where it is used or described", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keyId = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: keyId })
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: keyId, Plaintext: bytes("x") })
      const input = {
        Plaintext: bytes("x"),
        CiphertextBlob,
        KeySpec: "AES_256",
        Description: "",
        Tags: [],
        TagKeys: [],
        Policy: defaultKeyPolicy(account)
      }
      const byAlias = [
        "DescribeKey",
        "Encrypt",
        "Decrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext"
      ] as const
      const byKey = [
        "EnableKey",
        "DisableKey",
        "EnableKey",
        "UpdateKeyDescription",
        "EnableKeyRotation",
        "GetKeyRotationStatus",
        "ListKeyRotations",
        "RotateKeyOnDemand",
        "DisableKeyRotation",
        "PutKeyPolicy",
        "GetKeyPolicy",
        "ListKeyPolicies",
        "TagResource",
        "UntagResource",
        "ListResourceTags",
        "ListAliases",
        "ScheduleKeyDeletion",
        "CancelKeyDeletion"
      ] as const
      const aliases = ["alias/a", `arn:aws:kms:${region}:${account}:alias/a`]
      for (const operation of byAlias) {
        for (const KeyId of [keyId, arnOf(keyId), ...aliases]) yield* call(world.root, operation, { ...input, KeyId })
      }
      for (const operation of byKey) {
        for (const KeyId of aliases) {
          assert.strictEqual(
            yield* failureOf(world.root, operation, { ...input, KeyId }),
            `NotFoundException: Invalid keyId '${KeyId}'`
          )
        }
        yield* call(world.root, operation, { ...input, KeyId: keyId })
        if (operation.endsWith("Deletion")) continue
        yield* call(world.root, operation, { ...input, KeyId: arnOf(keyId) })
      }
    }))

  it.effect("that name nothing say so", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const id = "1234abcd-12ab-34cd-56ef-1234567890ab"
      const mrk = `mrk-${"0".repeat(32)}`
      const messages = {
        [id]: `Key '${arnOf(id)}' does not exist`,
        [mrk]: `Key '${arnOf(mrk)}' does not exist`,
        [arnOf(id)]: `Key '${arnOf(id)}' does not exist`,
        "alias/none": `Alias arn:aws:kms:${region}:${account}:alias/none is not found.`,
        "alias/": `Alias arn:aws:kms:${region}:${account}:alias/ is not found.`,
        [`alias/${"x".repeat(2000)}`]: `Alias arn:aws:kms:${region}:${account}:alias/${"x".repeat(2000)} is not found.`,
        [`arn:aws:kms:${region}:${account}:alias/none`]:
          `Alias arn:aws:kms:${region}:${account}:alias/none is not found.`,
        [`arn:aws:kms:us-east-1:${account}:key/${id}`]: "Invalid arn us-east-1",
        [`arn:aws:kms:us-east-1:${account}:alias/a`]: "Invalid arn us-east-1",
        x: "Invalid keyId 'x'",
        [id.toUpperCase()]: `Invalid keyId '${id.toUpperCase()}'`,
        [`${id} `]: `Invalid keyId '${id} '`,
        [`${id}\n`]: `Invalid keyId '${id}\n'`,
        "mrk-0": "Invalid keyId 'mrk-0'",
        [`key/${id}`]: `Invalid keyId 'key/${id}'`,
        [arnOf("x")]: `Invalid keyId '${arnOf("x")}'`,
        [arnOf(`${id}\n`)]: `Invalid keyId '${arnOf(`${id}\n`)}'`,
        [`arn:aws-cn:kms:${region}:${account}:key/${id}`]:
          `Invalid keyId 'arn:aws-cn:kms:${region}:${account}:key/${id}'`,
        [`arn:aws:s3:${region}:${account}:key/${id}`]: `Invalid keyId 'arn:aws:s3:${region}:${account}:key/${id}'`,
        [`arn:aws:kms:${region}:1:key/${id}`]: `Invalid keyId 'arn:aws:kms:${region}:1:key/${id}'`,
        "arn:": "Invalid keyId 'arn:'"
      }
      for (const [KeyId, message] of Object.entries(messages)) {
        assert.strictEqual(yield* failureOf(root, "DescribeKey", { KeyId }), `NotFoundException: ${message}`)
      }
    }))

  it.effect("of other partitions belong to their Regions", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      for (const [where, partition] of [["cn-north-1", "aws-cn"], ["us-gov-west-1", "aws-us-gov"]] as const) {
        const client = world.as(root, where)
        const { KeyMetadata } = yield* client.createKey()
        assert.strictEqual(
          KeyMetadata?.Arn,
          `arn:${partition}:kms:${where}:${account}:key/${KeyMetadata?.KeyId}`
        )
        yield* client.describeKey({ KeyId: KeyMetadata?.Arn ?? "" })
      }
    }))
})

describe("UpdateKeyDescription, EnableKey and DisableKey", () => {
  it.effect("change what they say, and answer nothing", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root, { Description: "old" })
      assert.isUndefined(yield* root.updateKeyDescription({ KeyId, Description: "new" }))
      assert.isUndefined(yield* root.disableKey({ KeyId }))
      assert.deepInclude((yield* root.describeKey({ KeyId })).KeyMetadata, {
        Description: "new",
        KeyState: "Disabled",
        Enabled: false
      })
      assert.isUndefined(yield* root.updateKeyDescription({ KeyId, Description: "" }))
      assert.isUndefined(yield* root.enableKey({ KeyId }))
      assert.deepInclude((yield* root.describeKey({ KeyId })).KeyMetadata, {
        Description: "",
        KeyState: "Enabled",
        Enabled: true
      })
    }))
})

describe("ScheduleKeyDeletion and CancelKeyDeletion", () => {
  const day = 86_400_000

  it.effect("wait thirty days unless told otherwise, and leave the key disabled when called off", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      for (const days of [undefined, 7, 30]) {
        const asked = { KeyId, ...(days === undefined ? {} : { PendingWindowInDays: days }) }
        const scheduled = yield* root.scheduleKeyDeletion(asked)
        assert.deepStrictEqual(scheduled, {
          KeyId: arnOf(KeyId),
          DeletionDate: new Date((days ?? 30) * day),
          KeyState: "PendingDeletion",
          PendingWindowInDays: days ?? 30
        })
        const { KeyMetadata } = yield* root.describeKey({ KeyId })
        assert.deepInclude(KeyMetadata, { DeletionDate: scheduled.DeletionDate, Enabled: false })
        assert.strictEqual(
          yield* failureOf(root, "ScheduleKeyDeletion", { KeyId }),
          `KMSInvalidStateException: ${arnOf(KeyId)} is pending deletion.`
        )
        assert.deepStrictEqual(yield* root.cancelKeyDeletion({ KeyId }), { KeyId: arnOf(KeyId) })
        const after = (yield* root.describeKey({ KeyId })).KeyMetadata
        assert.deepInclude(after, { KeyState: "Disabled", Enabled: false })
        assert.notProperty(after, "DeletionDate")
      }
      assert.strictEqual(
        yield* failureOf(root, "CancelKeyDeletion", { KeyId }),
        `KMSInvalidStateException: ${arnOf(KeyId)} is not pending deletion.`
      )
    }))

  it.effect("end with the key, to the millisecond", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId, Plaintext: bytes("x") })
      yield* root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* root.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      yield* TestClock.setTime(7 * day - 1)
      yield* root.describeKey({ KeyId })
      yield* TestClock.setTime(7 * day)
      const gone = `NotFoundException: Key '${arnOf(KeyId)}' does not exist`
      assert.strictEqual(yield* failureOf(root, "DescribeKey", { KeyId }), gone)
      assert.strictEqual(yield* failureOf(root, "CancelKeyDeletion", { KeyId }), gone)
      assert.match(
        yield* failureOf(root, "Decrypt", { CiphertextBlob }),
        /^AccessDeniedException: The ciphertext refers/
      )
      assert.deepStrictEqual((yield* root.listKeys()).Keys, [])
      assert.deepStrictEqual((yield* root.listAliases()).Aliases, [])
    }))
})
