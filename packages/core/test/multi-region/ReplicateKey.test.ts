import { assert, describe, it } from "@effect/vitest"
import { defaultKeyPolicy, keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import { symmetric } from "@keystead/core/groups/Symmetric"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { ids } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, root, user } from "../support/World.ts"
import { abroad, arnAt, at, failure, far, home, metadata, replicated } from "./Support.ts"

const key = (where: string, keyId: string) => ({ Arn: arnAt(where, keyId), Region: where })

describe("CreateKey with MultiRegion", () => {
  it.effect("makes a primary key, whose id says what it is", () =>
    Effect.gen(function*() {
      const { KeyId, world } = yield* replicated([])
      assert.match(KeyId, /^mrk-[0-9a-f]{32}$/)
      const told = yield* metadata(world.root, KeyId)
      assert.strictEqual(told?.MultiRegion, true)
      assert.deepStrictEqual(told?.MultiRegionConfiguration, {
        MultiRegionKeyType: "PRIMARY",
        PrimaryKey: key(home, KeyId),
        ReplicaKeys: []
      })
      assert.strictEqual(
        yield* failure(at(world, abroad).describeKey({ KeyId })),
        `NotFoundException: Key '${arnAt(abroad, KeyId)}' does not exist`
      )
    }))

  it.effect("is refused where the group is not carried", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ groups: [symmetric] })
      assert.strictEqual(
        yield* failure(world.root.createKey({ MultiRegion: true })),
        "UnsupportedOperationException: Multi-Region keys are not supported here."
      )
    }))
})

describe("ReplicateKey", () => {
  it.effect("tells the replica, Creating and without description, policy or tags of its primary", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([], {}, {
        Description: "first",
        Tags: [{ TagKey: "a", TagValue: "b" }],
        Policy: keyPolicy({ account, administrators: [root], users: [user("bob")] })
      })
      yield* TestClock.adjust(1000)
      const reply = yield* world.root.replicateKey({ KeyId, ReplicaRegion: abroad })
      const configuration = {
        MultiRegionKeyType: "REPLICA",
        PrimaryKey: key(home, KeyId),
        ReplicaKeys: [key(abroad, KeyId)]
      }
      const { CurrentKeyMaterialId } = (yield* metadata(world.root, KeyId)) ?? {}
      const told = {
        AWSAccountId: account,
        KeyId,
        Arn: arnAt(abroad, KeyId),
        CreationDate: new Date(1000),
        Description: "",
        KeyUsage: "ENCRYPT_DECRYPT",
        Origin: "AWS_KMS",
        KeyManager: "CUSTOMER",
        CustomerMasterKeySpec: "SYMMETRIC_DEFAULT",
        KeySpec: "SYMMETRIC_DEFAULT",
        EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
        MultiRegion: true,
        MultiRegionConfiguration: configuration,
        CurrentKeyMaterialId
      }
      assert.deepStrictEqual(
        reply,
        {
          ReplicaKeyMetadata: { ...told, Enabled: false, KeyState: "Creating" },
          ReplicaPolicy: defaultKeyPolicy(account),
          ReplicaTags: []
        } as typeof reply
      )
      assert.deepStrictEqual(
        yield* metadata(client(abroad), KeyId),
        { ...told, Enabled: true, KeyState: "Enabled" } as typeof reply.ReplicaKeyMetadata
      )
      assert.deepStrictEqual((yield* metadata(world.root, KeyId))?.MultiRegionConfiguration, {
        ...configuration,
        MultiRegionKeyType: "PRIMARY"
      } as never)
    }))

  it.effect("gives the replica what the request says of it", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([])
      const asked = {
        Description: "second",
        Tags: [{ TagKey: "b", TagValue: "2" }, { TagKey: "a", TagValue: "1" }],
        Policy: keyPolicy({ account, administrators: [root], users: [user("bob")] })
      }
      const reply = yield* world.root.replicateKey({ KeyId, ReplicaRegion: abroad, ...asked })
      assert.strictEqual(reply.ReplicaKeyMetadata?.Description, "second")
      assert.strictEqual(reply.ReplicaPolicy, asked.Policy)
      assert.deepStrictEqual(reply.ReplicaTags, asked.Tags.toReversed())
      assert.strictEqual((yield* client(abroad).getKeyPolicy({ KeyId })).Policy, asked.Policy)
      assert.deepStrictEqual((yield* client(abroad).listResourceTags({ KeyId })).Tags, asked.Tags.toReversed())
      assert.strictEqual((yield* client(home).getKeyPolicy({ KeyId })).Policy, defaultKeyPolicy(account))
      assert.deepStrictEqual((yield* client(home).listResourceTags({ KeyId })).Tags, [])
    }))

  it.effect("refuses what cannot be", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad])
      const single = yield* createKey(world.root)
      const replicate = (KeyId: string, ReplicaRegion: string, more: object = {}) =>
        failure(world.root.replicateKey({ KeyId, ReplicaRegion, ...more }))
      assert.strictEqual(
        yield* replicate(single, abroad),
        `UnsupportedOperationException: ${arnAt(home, single)} is not a multi-region primary key.`
      )
      assert.strictEqual(
        yield* failure(client(abroad).replicateKey({ KeyId, ReplicaRegion: far })),
        `UnsupportedOperationException: ${arnAt(abroad, KeyId)} is not a multi-region primary key.`
      )
      for (const where of [home, abroad]) {
        assert.strictEqual(
          yield* replicate(KeyId, where),
          `AlreadyExistsException: ${arnAt(where, KeyId)} already exists.`
        )
      }
      assert.match(yield* replicate(KeyId, "cn-north-1"), /^UnsupportedOperationException: .* in another partition\.$/)
      assert.match(yield* replicate(KeyId, far, { Policy: "{" }), /^MalformedPolicyDocumentException/)
      const lockout = JSON.stringify({
        Statement: { Effect: "Allow", Principal: { AWS: user("ada") }, Action: "kms:*", Resource: "*" }
      })
      assert.match(yield* replicate(KeyId, far, { Policy: lockout }), /^MalformedPolicyDocumentException: The new key/)
      assert.match(
        yield* replicate(KeyId, far, { Tags: [{ TagKey: "aws:a", TagValue: "" }] }),
        /^TagException: Tags beginning with aws: are reserved$/
      )
      yield* world.root.disableKey({ KeyId })
      assert.strictEqual(yield* replicate(KeyId, far), `DisabledException: ${arnAt(home, KeyId)} is disabled.`)
      yield* world.root.enableKey({ KeyId })
      yield* world.root.replicateKey({
        KeyId,
        ReplicaRegion: far,
        Policy: lockout,
        BypassPolicyLockoutSafetyCheck: true
      })
    }))

  it.effect("counts the replica in its own Region's quota", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([], { limits: { keysPerRegion: 1 } })
      yield* world.root.replicateKey({ KeyId, ReplicaRegion: abroad })
      assert.strictEqual(
        yield* failure(client(abroad).createKey()),
        `LimitExceededException: The account has 1 KMS keys in ${abroad}, which is its quota.`
      )
      yield* createKey(client(far))
      assert.strictEqual(
        yield* failure(world.root.replicateKey({ KeyId, ReplicaRegion: far })),
        `LimitExceededException: The account has 1 KMS keys in ${far}, which is its quota.`
      )
    }))

  it.effect("needs permission to replicate the key, to create keys, and to tag them if it does", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const ada = user("ada")
      const Policy = JSON.stringify({
        Statement: [
          { Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
          {
            Effect: "Allow",
            Principal: { AWS: ada },
            Action: "kms:ReplicateKey",
            Resource: "*",
            Condition: { StringEquals: { "kms:ReplicaRegion": abroad, "kms:MultiRegionKeyType": "PRIMARY" } }
          }
        ]
      })
      const KeyId = yield* createKey(world.root, { MultiRegion: true, Policy })
      const having = (statement: object) =>
        world.as({
          principal: ada,
          identityPolicies: [Result.getOrThrow(parseIdentityPolicy(JSON.stringify({ Statement: statement })))]
        })
      const create = { Effect: "Allow", Action: "kms:CreateKey", Resource: "*" }
      const request = { KeyId, ReplicaRegion: abroad }
      const tagged = { ...request, Tags: [{ TagKey: "a", TagValue: "b" }] }
      assert.match(
        yield* failure(having([create]).replicateKey({ ...request, ReplicaRegion: far })),
        /^AccessDeniedException: .* to perform: kms:ReplicateKey on/
      )
      assert.match(
        yield* failure(world.as(ada).replicateKey(request)),
        /^AccessDeniedException: .* to perform: kms:CreateKey on resource: \*$/
      )
      assert.strictEqual(
        yield* failure(having([create]).replicateKey(tagged)),
        `AccessDeniedException: User: ${ada} is not authorized to perform: kms:TagResource on resource: ${
          arnAt(abroad, KeyId)
        }`
      )
      const singleRegion = { ...create, Condition: { Bool: { "kms:MultiRegion": "false" } } }
      assert.match(yield* failure(having([singleRegion]).replicateKey(request)), /to perform: kms:CreateKey on/)
      const tag = { Effect: "Allow", Action: "kms:TagResource", Resource: arnAt(abroad, "mrk-*") }
      yield* having([create, tag]).replicateKey(tagged)
    }))

  it.effect("shares keys of every family, and what one makes the others take", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [here, there] = [world.root, at(world, abroad)]
      const make = Effect.fnUntraced(function*(input: Parameters<typeof here.createKey>[0]) {
        const KeyId = yield* createKey(here, { ...input, MultiRegion: true })
        yield* here.replicateKey({ KeyId, ReplicaRegion: abroad })
        return KeyId
      })
      const Message = bytes("m")
      const hmac = {
        KeyId: yield* make({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" }),
        Message,
        MacAlgorithm: "HMAC_SHA_256" as const
      }
      const { Mac = bytes("") } = yield* here.generateMac(hmac)
      assert.isTrue((yield* there.verifyMac({ ...hmac, Mac })).MacValid)
      const signing = {
        KeyId: yield* make({ KeySpec: "ML_DSA_44", KeyUsage: "SIGN_VERIFY" }),
        Message,
        SigningAlgorithm: "ML_DSA_SHAKE_256" as const
      }
      const { Signature = bytes("") } = yield* there.sign(signing)
      assert.isTrue((yield* here.verify({ ...signing, Signature })).SignatureValid)
      assert.deepStrictEqual(
        (yield* there.getPublicKey(signing)).PublicKey,
        (yield* here.getPublicKey(signing)).PublicKey
      )
      const kem = {
        KeyId: yield* make({ KeySpec: "ML_KEM_512", KeyUsage: "ENCAPSULATE_DECAPSULATE" }),
        EncapsulationAlgorithm: "ML_KEM" as const
      }
      const { SharedSecret, SharedSecretCiphertextBlob = bytes("") } = yield* here.encapsulate(kem)
      assert.deepStrictEqual(
        (yield* there.decapsulate({ ...kem, SharedSecretCiphertextBlob })).SharedSecret,
        SharedSecret
      )
    }))
})

describe("what is each Region's own", () => {
  it.effect("stays so: policy, tags, aliases, description and whether it is enabled", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad])
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* world.root.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] })
      yield* world.root.updateKeyDescription({ KeyId, Description: "here" })
      yield* world.root.putKeyPolicy({ KeyId, Policy: keyPolicy({ account, administrators: [root], users: [] }) })
      yield* world.root.disableKey({ KeyId })
      const there = client(abroad)
      assert.deepStrictEqual((yield* there.listAliases()).Aliases, [])
      assert.deepStrictEqual((yield* there.listResourceTags({ KeyId })).Tags, [])
      assert.strictEqual((yield* there.getKeyPolicy({ KeyId })).Policy, defaultKeyPolicy(account))
      const told = yield* metadata(there, KeyId)
      assert.deepStrictEqual([told?.Description, told?.KeyState], ["", "Enabled"])
      const { CiphertextBlob = bytes("") } = yield* there.encrypt({ KeyId, Plaintext: bytes("x") })
      assert.strictEqual(
        yield* failure(world.root.decrypt({ CiphertextBlob })),
        `DisabledException: ${arnAt(home, KeyId)} is disabled.`
      )
      yield* there.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      assert.lengthOf(yield* ids(world, "alias/"), 2)
    }))

  it.effect("and what is shared is decided on at the primary", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad, far])
      const there = client(abroad)
      const refused = `UnsupportedOperationException: ${arnAt(abroad, KeyId)} is not a multi-region primary key.`
      assert.strictEqual(yield* failure(there.enableKeyRotation({ KeyId })), refused)
      assert.strictEqual(yield* failure(there.disableKeyRotation({ KeyId })), refused)
      assert.strictEqual(yield* failure(there.rotateKeyOnDemand({ KeyId })), refused)
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      const status = yield* there.getKeyRotationStatus({ KeyId })
      assert.deepStrictEqual(
        [status.KeyRotationEnabled, status.RotationPeriodInDays],
        [true, 90]
      )
      yield* TestClock.adjust("90 days")
      const { Rotations } = yield* there.listKeyRotations({ KeyId })
      assert.deepStrictEqual(Rotations?.map(({ RotationType }) => RotationType), ["AUTOMATIC"])
      assert.deepStrictEqual(
        (yield* client(far).listKeyRotations({ KeyId })).Rotations,
        Rotations
      )
      yield* world.root.disableKeyRotation({ KeyId })
      assert.isFalse((yield* there.getKeyRotationStatus({ KeyId })).KeyRotationEnabled)
    }))

  it.effect("and a primary that is disabled keeps its replicas from rotating, and from nothing else", () =>
    Effect.gen(function*() {
      const { KeyId, in: client, world } = yield* replicated([abroad])
      yield* world.root.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      yield* world.root.disableKey({ KeyId })
      yield* TestClock.adjust("100 days")
      yield* client(abroad).encrypt({ KeyId, Plaintext: bytes("x") })
      assert.deepStrictEqual(yield* world.kms.maintain, { rotated: 0, deleted: 0, expired: 0 })
      assert.deepStrictEqual((yield* client(abroad).listKeyRotations({ KeyId })).Rotations, [])
      yield* world.root.enableKey({ KeyId })
      const { Rotations = [] } = yield* client(abroad).listKeyRotations({ KeyId })
      assert.deepStrictEqual(Rotations.map(({ RotationDate }) => RotationDate?.getTime()), [100 * 86_400_000])
    }))
})

describe("a store with multi-Region keys, without their group", () => {
  it.effect("is used as far as nothing is changed", () =>
    Effect.gen(function*() {
      const { KeyId, world } = yield* replicated([abroad])
      const without = yield* makeWorld({ groups: [symmetric], store: world.store })
      const { CiphertextBlob = bytes("") } = yield* without.root.encrypt({ KeyId, Plaintext: bytes("x") })
      assert.deepStrictEqual((yield* at(world, abroad).decrypt({ CiphertextBlob })).Plaintext, bytes("x"))
      assert.strictEqual(
        yield* failure(without.root.rotateKeyOnDemand({ KeyId })),
        "StorageError: To change multi-Region keys, carry the group multi-region."
      )
    }))
})
