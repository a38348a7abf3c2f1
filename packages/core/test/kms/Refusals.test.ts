import { assert, describe, it } from "@effect/vitest"
import * as Client from "@keystead/core/Client"
import type { Caller } from "@keystead/core/domain/Caller"
import { type OperationName, registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { members } from "../support/Inputs.ts"
import { account, bytes, createKey, makeWorld, otherAccount, region, root, user, type World } from "../support/World.ts"

interface Failure {
  readonly _tag: string
  readonly message: string
}

/** How a call fails; the test fails if it does not. */
const failure = (world: World, caller: Caller | string, operation: OperationName, input: object) => {
  const call: Effect.Effect<unknown, Failure> = world.as(caller)[Client.methodName(operation)](input as never)
  return Effect.map(Effect.flip(call), ({ _tag, message }) => `${_tag}: ${message}`)
}

/** A world in which the other account has a key, an alias and a ciphertext, and one in which it has nothing. */
const twoWorlds = Effect.gen(function*() {
  const full = yield* makeWorld()
  const owner = full.as(`arn:aws:iam::${otherAccount}:root`)
  const keyId = yield* createKey(owner)
  yield* owner.createAlias({ AliasName: "alias/theirs", TargetKeyId: keyId })
  const { CiphertextBlob: blob = bytes("") } = yield* owner.encrypt({ KeyId: keyId, Plaintext: bytes("x") })
  const empty = yield* makeWorld()
  const mine = yield* createKey(full.root)
  const { CiphertextBlob: own = bytes("") } = yield* full.root.encrypt({ KeyId: mine, Plaintext: bytes("x") })
  return {
    full,
    empty,
    blob,
    own,
    keyArn: `arn:aws:kms:${region}:${otherAccount}:key/${keyId}`,
    aliasArn: `arn:aws:kms:${region}:${otherAccount}:alias/theirs`
  }
})

/** Everything that the operations need beside the key. */
const others = { ...members, AliasName: "alias/mine" }

const ofKeys = Object.values(registry).filter(({ input }) => "KeyId" in input.fields).map(({ name }) => name)

describe("another account's keys", () => {
  it.effect("look the same to those who may not use them, whether they are there or not", () =>
    Effect.gen(function*() {
      const { aliasArn, blob, empty, full, keyArn } = yield* twoWorlds
      for (const caller of [root, user("eve")]) {
        for (const operation of ofKeys) {
          for (const KeyId of [keyArn, aliasArn]) {
            const input = { ...others, CiphertextBlob: blob, KeyId }
            const there = yield* failure(full, caller, operation, input)
            assert.strictEqual(there, yield* failure(empty, caller, operation, input), operation)
            assert.match(there, /^(AccessDenied|NotFound)Exception: /)
          }
        }
        const input = { ...others, TargetKeyId: keyArn }
        const there = yield* failure(full, caller, "CreateAlias", input)
        assert.strictEqual(there, yield* failure(empty, caller, "CreateAlias", input))
      }
    }))

  it.effect("are not told by their ciphertexts", () =>
    Effect.gen(function*() {
      const { blob, empty, full, own } = yield* twoWorlds
      const words = "AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does "
        + "not exist in this region, or you are not allowed to access."
      for (const world of [full, empty]) {
        assert.strictEqual(yield* failure(world, root, "Decrypt", { CiphertextBlob: blob }), words)
        const moved = { CiphertextBlob: blob, DestinationKeyId: "alias/none" }
        assert.strictEqual(yield* failure(world, root, "ReEncrypt", moved), words)
      }
      // In the own account too: who may not decrypt does not learn which key it would take.
      assert.strictEqual(yield* failure(full, user("eve"), "Decrypt", { CiphertextBlob: own }), words)
    }))

  it.effect("are not told by either end of ReEncrypt", () =>
    Effect.gen(function*() {
      const { aliasArn, blob, empty, full, keyArn, own } = yield* twoWorlds
      for (const caller of [root, user("eve")]) {
        for (const SourceKeyId of [undefined, keyArn, aliasArn]) {
          for (const CiphertextBlob of [blob, own]) {
            for (const DestinationKeyId of [keyArn, aliasArn]) {
              const input = { CiphertextBlob, DestinationKeyId, ...(SourceKeyId === undefined ? {} : { SourceKeyId }) }
              const there = yield* failure(full, caller, "ReEncrypt", input)
              assert.match(there, /^AccessDeniedException: /)
              if (CiphertextBlob === own && SourceKeyId === undefined) continue
              assert.strictEqual(there, yield* failure(empty, caller, "ReEncrypt", input))
            }
          }
        }
      }
      // The own key is there in one world only: what counts is that the destination's presence makes no difference.
      const missing = keyArn.replace(/.{4}$/, "0000")
      const to = (DestinationKeyId: string, caller: string) =>
        Effect.map(failure(full, caller, "ReEncrypt", { CiphertextBlob: own, DestinationKeyId }), (text) =>
          text.replace(DestinationKeyId, "…"))
      for (const caller of [root, user("eve")]) {
        assert.strictEqual(yield* to(keyArn, caller), yield* to(missing, caller))
      }
      assert.match(yield* to(missing, root), /kms:ReEncryptTo on resource: …$/)
    }))

  it.effect("can be used, when both sides say so, and not managed", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }
        ]
      })
      const owner = world.as(`arn:aws:iam::${otherAccount}:root`)
      const keyId = yield* createKey(owner, { Policy: policy })
      yield* owner.createAlias({ AliasName: "alias/shared", TargetKeyId: keyId })
      const arn = `arn:aws:kms:${region}:${otherAccount}:key/${keyId}`
      const aliasArn = `arn:aws:kms:${region}:${otherAccount}:alias/shared`
      for (const KeyId of [arn, aliasArn]) {
        const { CiphertextBlob } = yield* world.root.encrypt({ KeyId, Plaintext: bytes("x") })
        assert.deepStrictEqual((yield* world.root.decrypt({ CiphertextBlob })).Plaintext, bytes("x"))
        assert.strictEqual((yield* world.root.describeKey({ KeyId })).KeyMetadata?.AWSAccountId, otherAccount)
      }
      yield* world.root.getKeyRotationStatus({ KeyId: arn })
      // The key policy alone is not enough for a user of another account.
      const alone = yield* failure(world, user("bob"), "Encrypt", { KeyId: arn, Plaintext: bytes("x") })
      assert.match(alone, /^AccessDeniedException/)
      for (const operation of ["DisableKey", "GetKeyPolicy", "ListKeyRotations", "ScheduleKeyDeletion"] as const) {
        assert.strictEqual(
          yield* failure(world, root, operation, { KeyId: arn }),
          `AccessDeniedException: User: ${root} is not authorized to perform: kms:${operation} on resource: ${arn}`
        )
      }
    }))
})

describe("Regions", () => {
  it.effect("do not see each other", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keyId = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: keyId })
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: keyId, Plaintext: bytes("x") })
      const elsewhere = world.as(root, "us-east-1")
      assert.deepStrictEqual((yield* elsewhere.listKeys()).Keys, [])
      assert.deepStrictEqual((yield* elsewhere.listAliases()).Aliases, [])
      const messages = {
        [keyId]: `Key 'arn:aws:kms:us-east-1:${account}:key/${keyId}' does not exist`,
        "alias/a": `Alias arn:aws:kms:us-east-1:${account}:alias/a is not found.`,
        [`arn:aws:kms:${region}:${account}:key/${keyId}`]: `Invalid arn ${region}`,
        [`arn:aws:kms:${region}:${account}:alias/a`]: `Invalid arn ${region}`
      }
      for (const [KeyId, message] of Object.entries(messages)) {
        const error = yield* Effect.flip(elsewhere.describeKey({ KeyId }))
        assert.deepStrictEqual([error._tag, error.message], ["NotFoundException", message])
      }
      assert.strictEqual((yield* Effect.flip(elsewhere.decrypt({ CiphertextBlob })))._tag, "AccessDeniedException")
    }))
})

describe("a caller that is no principal", () => {
  it.effect("is refused everything, and leaves no trace in the store", () =>
    Effect.gen(function*() {
      let commits = 0
      const world = yield* makeWorld({
        wrap: (inner) => ({ ...inner, commit: (changes) => Effect.suspend(() => (commits++, inner.commit(changes))) })
      })
      for (const principal of ["", "root", "arn:aws:iam::1:root", `arn:aws:iam::${account}:group/x`]) {
        const caller = { principal, viaService: `s3.${region}.amazonaws.com` }
        const calls = {
          Encrypt: { KeyId: "alias/aws/s3", Plaintext: bytes("x") },
          CreateKey: {},
          ListKeys: {}
        } as const
        for (const operation of ["Encrypt", "CreateKey", "ListKeys"] as const) {
          assert.strictEqual(
            yield* failure(world, caller, operation, calls[operation]),
            `AccessDeniedException: User: ${principal} is not authorized to perform: kms:${operation} on resource: *`
          )
        }
      }
      assert.strictEqual(commits, 0)
      assert.deepStrictEqual(world.events()[0]?.additionalEventData, {
        authorization: { allowed: false, because: { _tag: "UnknownPrincipal" } }
      })
    }))
})
