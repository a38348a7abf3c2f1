import { assert, describe, it } from "@effect/vitest"
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestClock } from "effect/testing"
import { failureOf } from "../support/Failure.ts"
import { account, createKey, makeWorld, otherAccount, region, root, user } from "../support/World.ts"

const arn = (name: string) => `arn:aws:kms:${region}:${account}:${name}`
const keyArn = (keyId: string) => arn(`key/${keyId}`)

describe("CreateAlias", () => {
  it.effect("names a key, in its account and Region", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      yield* TestClock.setTime(5000)
      const keyId = yield* createKey(world.root)
      assert.isUndefined(yield* world.root.createAlias({ AliasName: "alias/a/b_c-D", TargetKeyId: keyId }))
      yield* world.root.createAlias({ AliasName: "alias/by-arn", TargetKeyId: keyArn(keyId) })
      const described = yield* world.root.describeKey({ KeyId: "alias/by-arn" })
      assert.strictEqual(described.KeyMetadata?.KeyId, keyId)
      assert.deepStrictEqual((yield* world.root.listAliases()).Aliases?.[0], {
        AliasName: "alias/a/b_c-D",
        AliasArn: arn("alias/a/b_c-D"),
        TargetKeyId: keyId,
        CreationDate: new Date(5000),
        LastUpdatedDate: new Date(5000)
      })
      // The same name, in another account and in another Region.
      for (const client of [world.as(`arn:aws:iam::${otherAccount}:root`), world.as(root, "us-east-1")]) {
        yield* client.createAlias({ AliasName: "alias/by-arn", TargetKeyId: yield* createKey(client) })
      }
    }))

  it.effect("refuses names that are none, are reserved, or are taken", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const TargetKeyId = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/taken", TargetKeyId })
      const reserved = "NotAuthorizedException: Aliases that begin with alias/aws/ belong to AWS managed keys."
      const refusals = {
        name: "ValidationException: Invalid identifier",
        "alias/": "ValidationException: Invalid identifier",
        alias: "ValidationException: Invalid identifier",
        "Alias/x": "ValidationException: Invalid identifier",
        "alias/aws/": reserved,
        "alias/aws/s3": reserved,
        "alias/a:b": "ValidationException: alias/a:b contains invalid characters for an alias",
        "alias/taken": `AlreadyExistsException: An alias with the name ${arn("alias/taken")} already exists`
      }
      for (const [AliasName, message] of Object.entries(refusals)) {
        assert.strictEqual(yield* failureOf(world.root, "CreateAlias", { AliasName, TargetKeyId }), message)
      }
      for (const AliasName of ["alias/aws", "alias/awsome", "alias/AWS/x"]) {
        yield* world.root.createAlias({ AliasName, TargetKeyId })
      }
    }))

  it.effect("refuses targets that are aliases, or are not there", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const keyId = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: keyId })
      const missing = "1234abcd-12ab-34cd-56ef-1234567890ab"
      const refusals = {
        "alias/a": "ValidationException: Aliases must refer to keys. Not aliases",
        [arn("alias/a")]: "ValidationException: Aliases must refer to keys. Not aliases",
        [missing]: `NotFoundException: Key '${keyArn(missing)}' does not exist`,
        x: "NotFoundException: Invalid keyId 'x'"
      }
      for (const [TargetKeyId, message] of Object.entries(refusals)) {
        for (const [operation, AliasName] of [["CreateAlias", "alias/b"], ["UpdateAlias", "alias/a"]] as const) {
          assert.strictEqual(yield* failureOf(world.root, operation, { AliasName, TargetKeyId }), message)
        }
      }
    }))

  it.effect("needs permission on the key and on the alias", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const TargetKeyId = yield* createKey(world.root)
      const other = yield* createKey(world.root)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: other })
      const asAda = (...resources: ReadonlyArray<string>) =>
        world.as({
          principal: user("ada"),
          identityPolicies: [Result.getOrThrow(parseIdentityPolicy(JSON.stringify({
            Version: "2012-10-17",
            Statement: { Effect: "Allow", Action: "kms:*Alias", Resource: resources }
          })))]
        })
      const denied = (operation: string, resource: string) =>
        `AccessDeniedException: User: ${
          user("ada")
        } is not authorized to perform: kms:${operation} on resource: ${resource}`
      const create = { AliasName: "alias/b", TargetKeyId }
      const update = { AliasName: "alias/a", TargetKeyId }
      const remove = { AliasName: "alias/a" }
      const [onA, onB, onKey, onOther] = [arn("alias/a"), arn("alias/b"), keyArn(TargetKeyId), keyArn(other)]
      assert.strictEqual(yield* failureOf(asAda(onKey), "CreateAlias", create), denied("CreateAlias", onB))
      assert.strictEqual(yield* failureOf(asAda(onB), "CreateAlias", create), denied("CreateAlias", onKey))
      assert.strictEqual(yield* failureOf(asAda(onKey, onOther), "UpdateAlias", update), denied("UpdateAlias", onA))
      assert.strictEqual(yield* failureOf(asAda(onKey, onA), "UpdateAlias", update), denied("UpdateAlias", onOther))
      assert.strictEqual(yield* failureOf(asAda(onOther, onA), "UpdateAlias", update), denied("UpdateAlias", onKey))
      assert.strictEqual(yield* failureOf(asAda(onOther), "DeleteAlias", remove), denied("DeleteAlias", onA))
      assert.strictEqual(yield* failureOf(asAda(onA), "DeleteAlias", remove), denied("DeleteAlias", onOther))
      yield* asAda(onB, onKey).createAlias(create)
      yield* asAda(onA, onOther, onKey).updateAlias(update)
      yield* asAda(onA, onKey).deleteAlias(remove)
    }))

  it.effect("stays within the key's quota, and so does UpdateAlias", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld({ limits: { aliasesPerKey: 2 } })
      const [full, other] = [yield* createKey(world.root), yield* createKey(world.root)]
      for (const name of ["a", "b"]) yield* world.root.createAlias({ AliasName: `alias/${name}`, TargetKeyId: full })
      yield* world.root.createAlias({ AliasName: "alias/c", TargetKeyId: other })
      const message = `LimitExceededException: ${keyArn(full)} has 2 aliases, which is its quota.`
      const input = { AliasName: "alias/d", TargetKeyId: full }
      assert.strictEqual(yield* failureOf(world.root, "CreateAlias", input), message)
      assert.strictEqual(yield* failureOf(world.root, "UpdateAlias", { ...input, AliasName: "alias/c" }), message)
      // An alias that is the key's already takes no more room.
      yield* world.root.updateAlias({ AliasName: "alias/a", TargetKeyId: full })
      yield* world.root.deleteAlias({ AliasName: "alias/a" })
      yield* world.root.updateAlias({ AliasName: "alias/c", TargetKeyId: full })
      const { Aliases } = yield* world.root.listAliases({ KeyId: full })
      assert.deepStrictEqual(Aliases?.map(({ AliasName }) => AliasName), ["alias/b", "alias/c"])
    }))
})

describe("UpdateAlias", () => {
  it.effect("moves the name, tells when, and leaves its making as it was", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [first, second] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: first })
      yield* TestClock.setTime(60_000)
      assert.isUndefined(yield* world.root.updateAlias({ AliasName: "alias/a", TargetKeyId: second }))
      assert.deepStrictEqual((yield* world.root.listAliases({ KeyId: first })).Aliases, [])
      assert.deepStrictEqual((yield* world.root.listAliases({ KeyId: second })).Aliases, [{
        AliasName: "alias/a",
        AliasArn: arn("alias/a"),
        TargetKeyId: second,
        CreationDate: new Date(0),
        LastUpdatedDate: new Date(60_000)
      }])
    }))

  it.effect("and DeleteAlias say of an alias that is not there that it is not found", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const TargetKeyId = yield* createKey(world.root)
      const message = `NotFoundException: Alias ${arn("alias/none")} is not found.`
      const input = { AliasName: "alias/none", TargetKeyId }
      assert.strictEqual(yield* failureOf(world.root, "UpdateAlias", input), message)
      assert.strictEqual(yield* failureOf(world.root, "DeleteAlias", input), message)
      // Nor can a name of another account be changed.
      yield* world.root.createAlias({ AliasName: "alias/mine", TargetKeyId })
      const stranger = world.as(`arn:aws:iam::${otherAccount}:root`)
      const theirs = yield* createKey(stranger)
      const foreign = { AliasName: "alias/mine", TargetKeyId: theirs }
      const unknown = `NotFoundException: Alias arn:aws:kms:${region}:${otherAccount}:alias/mine is not found.`
      assert.strictEqual(yield* failureOf(stranger, "UpdateAlias", foreign), unknown)
      assert.strictEqual(yield* failureOf(stranger, "DeleteAlias", foreign), unknown)
    }))
})

describe("DeleteAlias", () => {
  it.effect("frees the name and leaves the key", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const [first, second] = [yield* createKey(world.root), yield* createKey(world.root)]
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: first })
      yield* world.root.createAlias({ AliasName: "alias/b", TargetKeyId: first })
      assert.isUndefined(yield* world.root.deleteAlias({ AliasName: "alias/a" }))
      assert.strictEqual(
        yield* failureOf(world.root, "DescribeKey", { KeyId: "alias/a" }),
        `NotFoundException: Alias ${arn("alias/a")} is not found.`
      )
      assert.strictEqual((yield* world.root.describeKey({ KeyId: "alias/b" })).KeyMetadata?.KeyId, first)
      yield* world.root.createAlias({ AliasName: "alias/a", TargetKeyId: second })
    }))
})

describe("ListAliases", () => {
  it.effect("of a key that is not there, or of another account, is refused", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const missing = "1234abcd-12ab-34cd-56ef-1234567890ab"
      assert.strictEqual(
        yield* failureOf(world.root, "ListAliases", { KeyId: missing }),
        `NotFoundException: Key '${keyArn(missing)}' does not exist`
      )
      const foreign = `arn:aws:kms:${region}:${otherAccount}:key/${missing}`
      assert.strictEqual(
        yield* failureOf(world.root, "ListAliases", { KeyId: foreign }),
        `AccessDeniedException: User: ${root} is not authorized to perform: kms:ListAliases on resource: ${foreign}`
      )
    }))
})
