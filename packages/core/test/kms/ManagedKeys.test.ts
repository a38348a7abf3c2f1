import { assert, describe, it } from "@effect/vitest"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import * as Client from "@keystead/core/Client"
import { type OperationName, registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { members } from "../support/Inputs.ts"
import { records } from "../support/Tamper.ts"
import { account, bytes, createKey, makeWorld, otherAccount, region, root, user, type World } from "../support/World.ts"

const through = (service: string, principal = root, where = region) => ({
  principal,
  viaService: `${service}.${where}.amazonaws.com`
})

const encrypt = { KeyId: "alias/aws/s3", Plaintext: bytes("x") }

const made = Effect.fnUntraced(function*(world: World) {
  const { CiphertextBlob, KeyId = "" } = yield* world.as(through("s3")).encrypt(encrypt)
  return { CiphertextBlob, arn: KeyId, keyId: KeyId.slice(KeyId.lastIndexOf("/") + 1) }
})

describe("an AWS managed key", () => {
  it.effect("comes into being on first use by its service, and stays the same", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const { arn, keyId } = yield* made(world)
      const again = yield* world.as(through("s3", user("bob"))).generateDataKey({
        KeyId: encrypt.KeyId,
        KeySpec: "AES_256"
      })
      assert.strictEqual(again.KeyId, arn)
      const { KeyMetadata } = yield* world.root.describeKey({ KeyId: keyId })
      assert.deepInclude(KeyMetadata, {
        KeyManager: "AWS",
        KeyState: "Enabled",
        Description: "Default key that protects my S3 data when no other key is defined"
      })
      assert.deepStrictEqual(
        (yield* world.root.listAliases()).Aliases?.map((one) => [one.AliasName, one.TargetKeyId]),
        [
          ["alias/aws/s3", keyId]
        ]
      )
      const status = yield* world.root.getKeyRotationStatus({ KeyId: keyId })
      assert.deepInclude(status, { KeyRotationEnabled: true, RotationPeriodInDays: 365 })
    }))

  it.effect("comes into being for nobody else", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const callers = [
        { principal: root },
        through("ebs"),
        through("S3"),
        through("s3", root, "us-east-1"),
        { principal: root, viaService: "s3.amazonaws.com" },
        { principal: root, viaService: "s3" }
      ]
      for (const caller of callers) {
        const error = yield* Effect.flip(world.as(caller).encrypt(encrypt))
        assert.deepStrictEqual([error._tag, error.message], [
          "NotFoundException",
          `Alias arn:aws:kms:${region}:${account}:alias/aws/s3 is not found.`
        ])
      }
      // Nor in another account, nor under a name without a service.
      const stranger = world.as(through("s3", `arn:aws:iam::${otherAccount}:root`))
      const foreign = { ...encrypt, KeyId: `arn:aws:kms:${region}:${account}:alias/aws/s3` }
      assert.strictEqual((yield* Effect.flip(stranger.encrypt(foreign)))._tag, "AccessDeniedException")
      const nameless = world.as({ principal: root, viaService: `.${region}.amazonaws.com` })
      assert.strictEqual(
        (yield* Effect.flip(nameless.encrypt({ ...encrypt, KeyId: "alias/aws/" })))._tag,
        "NotFoundException"
      )
      assert.deepStrictEqual(yield* records(world), [])
    }))

  it.effect("comes into being only when the call may go on", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const deny = (Action: string) =>
        Result.getOrThrow(
          parseIdentityPolicy(JSON.stringify({ Statement: { Effect: "Deny", Action, Resource: "*" } }))
        )
      const denied = world.as({ ...through("s3"), identityPolicies: [deny("kms:Encrypt"), deny("kms:ReEncryptTo")] })
      assert.strictEqual((yield* Effect.flip(denied.encrypt(encrypt)))._tag, "AccessDeniedException")
      const dry = yield* Effect.flip(world.as(through("s3")).encrypt({ ...encrypt, DryRun: true }))
      assert.strictEqual(dry._tag, "DryRunOperationException")
      assert.deepStrictEqual(yield* records(world), [])
      // The source of a ReEncrypt may be there while its destination is not yet.
      const KeyId = yield* createKey(world.root)
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
      const before = yield* records(world)
      const again = { CiphertextBlob, DestinationKeyId: "alias/aws/s3" }
      assert.strictEqual((yield* Effect.flip(denied.reEncrypt(again)))._tag, "AccessDeniedException")
      assert.deepStrictEqual(yield* records(world), before)
      const moved = yield* world.as(through("s3")).reEncrypt(again)
      assert.strictEqual(moved.KeyId, (yield* made(world)).arn)
      const opened = yield* world.as(through("s3")).decrypt({ CiphertextBlob: moved.CiphertextBlob })
      assert.deepStrictEqual(opened.Plaintext, bytes("x"))
    }))

  it.effect("is one in each account and Region", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const elsewhere = yield* world.as(through("s3", root, "us-east-1"), "us-east-1").encrypt(encrypt)
      const theirs = yield* world.as(through("s3", `arn:aws:iam::${otherAccount}:root`)).encrypt(encrypt)
      const { arn } = yield* made(world)
      assert.strictEqual(new Set([arn, elsewhere.KeyId, theirs.KeyId]).size, 3)
    }))

  it.effect("answers its own account through its own service, and nobody else", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const { CiphertextBlob, arn, keyId } = yield* made(world)
      const use = (caller: Parameters<World["as"]>[0], KeyId = keyId) =>
        Effect.all([
          Effect.result(world.as(caller).encrypt({ ...encrypt, KeyId })),
          Effect.result(world.as(caller).decrypt({ CiphertextBlob })),
          Effect.result(world.as(caller).generateDataKey({ KeyId, KeySpec: "AES_128" })),
          Effect.result(world.as(caller).reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId }))
        ]).pipe(
          Effect.map((results) => results.map((result) => result._tag === "Success" ? "ok" : result.failure._tag))
        )
      const allowed = ["ok", "ok", "ok", "ok"]
      const denied = allowed.map(() => "AccessDeniedException")
      assert.deepStrictEqual(yield* use(through("s3")), allowed)
      assert.deepStrictEqual(yield* use(through("s3", user("bob")), "alias/aws/s3"), allowed)
      assert.deepStrictEqual(yield* use(root), denied)
      assert.deepStrictEqual(yield* use(user("bob")), denied)
      assert.deepStrictEqual(yield* use(through("ebs")), denied)
      assert.deepStrictEqual(yield* use(through("s3", `arn:aws:iam::${otherAccount}:root`), arn), denied)
    }))

  it.effect("can be looked at, and not managed, not even by the account's root", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const { CiphertextBlob, keyId } = yield* made(world)
      const own = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/own", TargetKeyId: own })
      const input = {
        ...members,
        KeyId: keyId,
        TargetKeyId: keyId,
        AliasName: "alias/own",
        CiphertextBlob,
        DestinationKeyId: keyId,
        NumberOfBytes: undefined
      }
      const before = yield* records(world)
      // Of a symmetric key there is no public key to look at, and its material comes from nowhere else.
      const unsupported = ["GetPublicKey", "GetParametersForImport"]
      const looking: ReadonlyArray<string> = Object.keys(registry).filter((name) =>
        /^(Describe|Get|List)/.test(name) && !unsupported.includes(name)
      )
      // The account may end grants, and there is none.
      const refusals: { readonly [Name in OperationName]?: string } = {
        GetPublicKey: "UnsupportedOperationException",
        GetParametersForImport: "UnsupportedOperationException",
        RetireGrant: "NotFoundException",
        RevokeGrant: "NotFoundException"
      }
      for (const { name, states } of Object.values(registry)) {
        if (states === undefined || name === "DeleteAlias") continue
        for (const caller of [root, through("s3")]) {
          const used: ReadonlyArray<string> = registry[name].actions
          const isUse = caller !== root && used.some((action) => /Encrypt|Decrypt|DataKey|DescribeKey/.test(action))
          const call: Effect.Effect<unknown, { readonly _tag: string }> = world
            .as(caller)[Client.methodName(name)](
              (name === "CreateAlias" ? { ...input, AliasName: "alias/n" } : input) as never
            )
          const outcome = yield* Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: () => "ok" })
          const refused = refusals[name] ?? "AccessDeniedException"
          assert.strictEqual(outcome, isUse || looking.includes(name) ? "ok" : refused, name)
        }
      }
      for (const AliasName of ["alias/aws/s3", "alias/aws/other"]) {
        const refusals = yield* Effect.all([
          Effect.flip(world.root.createAlias({ AliasName, TargetKeyId: own })),
          Effect.flip(world.root.updateAlias({ AliasName, TargetKeyId: own })),
          Effect.flip(world.root.deleteAlias({ AliasName }))
        ])
        assert.deepStrictEqual(refusals.map(({ _tag }) => _tag), refusals.map(() => "NotAuthorizedException"))
      }
      assert.deepStrictEqual(yield* records(world), before)
    }))

  it.effect("rotates every year, keeps no place in the quota, and is not counted", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ limits: { keysPerRegion: 1 } })
      const { CiphertextBlob, keyId } = yield* made(world)
      yield* createKey(world.root)
      yield* TestClock.adjust("1100 days")
      const { Rotations } = yield* world.root.listKeyRotations({ KeyId: keyId })
      assert.deepStrictEqual(Rotations?.map((one) => (one.RotationDate?.getTime() ?? 0) / 86_400_000), [365, 730, 1095])
      const opened = yield* world.as(through("s3")).decrypt({ CiphertextBlob })
      assert.deepStrictEqual(opened.Plaintext, bytes("x"))
    }))
})
