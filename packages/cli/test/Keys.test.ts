/** The commands about keys and aliases, for people and for machines. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import { readFileSync, writeFileSync } from "node:fs"
import { failed, keystead, makeWorld, type Outcome, succeeded, user } from "./support/Keystead.ts"

const parsed = (outcome: Outcome) => JSON.parse(succeeded(outcome).out)
interface Listed {
  readonly KeyId: string
  readonly KeyState: string
  readonly Description: string
  readonly Aliases: ReadonlyArray<string>
}

const called = (input: object) => ["--input", JSON.stringify(input)]

describe("key create", () => {
  it.effect("makes a key with all that was asked for", () =>
    Effect.gen(function*() {
      const { run } = yield* makeWorld
      const about = ["--alias", "alias/shop", "--description", "Cards", "--tag", "team=shop", "--tag", "empty="]
      const people = ["--administrator", user("ada"), "--administrator", user("alan"), "--user", user("bob")]
      const { KeyMetadata: { KeyId } } = parsed(yield* run("key", "create", ...about, ...people, "--json"))
      const { KeyMetadata } = parsed(yield* run("key", "describe", "alias/shop", "--json"))
      assert.deepStrictEqual([KeyMetadata.KeyId, KeyMetadata.Description], [KeyId, "Cards"])
      const { Policy } = parsed(yield* run("call", "GetKeyPolicy", ...called({ KeyId })))
      const [, administrators, users] = JSON.parse(Policy).Statement
      assert.deepStrictEqual(administrators.Principal, { AWS: [user("ada"), user("alan")] })
      assert.deepStrictEqual(users.Principal, { AWS: user("bob") })
      const { Tags } = parsed(yield* run("call", "ListResourceTags", ...called({ KeyId })))
      assert.deepStrictEqual(Tags, [{ TagKey: "empty", TagValue: "" }, { TagKey: "team", TagValue: "shop" }])

      const seal = ["call", "Encrypt", ...called({ KeyId: "alias/shop", Plaintext: "AAAA" }), "--as"]
      succeeded(yield* run(...seal, user("bob")))
      failed(yield* run(...seal, user("ada")), 4, /AccessDenied/)
      succeeded(yield* run("key", "disable", KeyId, "--as", user("ada")))
    }))

  it.effect("takes a policy of one's own, from a file or a pipe", () =>
    Effect.gen(function*() {
      const { file, run, store } = yield* makeWorld
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "kms:*", Resource: "*" }]
      })
      writeFileSync(file("policy.json"), policy)
      const piped = keystead(store, { stdin: Stream.make(new TextEncoder().encode(policy)) })
      const create = ["key", "create", "--json", "--policy"]
      for (const outcome of [yield* run(...create, file("policy.json")), yield* piped(...create, "-")]) {
        const { KeyMetadata: { KeyId } } = parsed(outcome)
        assert.strictEqual(parsed(yield* run("call", "GetKeyPolicy", ...called({ KeyId }))).Policy, policy)
      }
      writeFileSync(file("policy.json"), "{")
      failed(yield* run(...create, file("policy.json")), 1, /MalformedPolicyDocumentException/)
      failed(yield* run(...create, file("none.json")), 7, /none\.json/)
      failed(yield* run(...create, "-", "--user", user("bob")), 2, /either --policy, or/)
    }))

  it.effect("makes no key if its alias is taken or cannot be", () =>
    Effect.gen(function*() {
      const { run } = yield* makeWorld
      failed(yield* run("key", "create", "--alias", "pay"), 1, /AlreadyExists.*alias\/pay/)
      failed(yield* run("key", "create", "--alias", "aws/mine"), 4, /NotAuthorized.*alias\/aws\//)
      failed(yield* run("key", "create", "--alias", "no spaces"), 1, /ValidationException/)
      failed(yield* run("key", "create", "--tag", "novalue"), 2, /--tag takes KEY=VALUE/)
      failed(yield* run("key", "create", "--tag", "a=1", "--tag", "a=2"), 2, /"a" twice/)
      assert.strictEqual(parsed(yield* run("key", "list", "--json")).Keys.length, 1)
    }))
})

describe("a key's life", () => {
  it.effect("is told by id, ARN, alias or alias ARN", () =>
    Effect.gen(function*() {
      const { keyId, run } = yield* makeWorld
      const arn = `arn:aws:kms:us-east-1:111122223333`
      const state = Effect.map(
        run("key", "describe", keyId, "--json"),
        (outcome) => parsed(outcome).KeyMetadata.KeyState
      )
      for (const name of [keyId, `${arn}:key/${keyId}`, "alias/pay", `${arn}:alias/pay`]) {
        succeeded(yield* run("key", "disable", name))
        assert.strictEqual(yield* state, "Disabled")
        succeeded(yield* run("key", "enable", name))
        assert.strictEqual(yield* state, "Enabled")
        succeeded(yield* run("key", "rotate", name))
        const scheduled = parsed(yield* run("key", "schedule-deletion", name, "--days", "9", "--json"))
        assert.deepStrictEqual(scheduled.DeletionDate, 9 * 24 * 60 * 60)
        assert.strictEqual(yield* state, "PendingDeletion")
        failed(yield* run("key", "enable", name), 6, /is pending deletion/)
        succeeded(yield* run("key", "cancel-deletion", name))
        assert.strictEqual(yield* state, "Disabled")
      }
      const { Rotations } = parsed(yield* run("call", "ListKeyRotations", ...called({ KeyId: keyId })))
      assert.strictEqual(Rotations.length, 4)
      failed(yield* run("key", "schedule-deletion", keyId, "--days", "6"), 1, /ValidationException.*'6'/)
      failed(yield* run("key", "describe", "alias/none"), 3, /alias\/none is not found/)
    }))

  it.effect("ends when its time has come, and maintain writes that down", () =>
    Effect.gen(function*() {
      const { keyId, run } = yield* makeWorld
      const { out } = succeeded(yield* run("key", "schedule-deletion", "alias/pay", "--days", "7"))
      assert.match(out, /^alias\/pay will be deleted on 1970-01-08T00:00:00.000Z/)
      yield* TestClock.adjust("7 days")
      failed(yield* run("key", "describe", keyId), 3, /does not exist/)
      assert.deepStrictEqual(parsed(yield* run("maintain", "--json")), { rotated: 0, deleted: 1, expired: 0 })
      assert.strictEqual(
        succeeded(yield* run("maintain")).out,
        "Rotated 0 keys, deleted 0 keys, erased expired material of 0 keys.\n"
      )
    }))
})

describe("lists", () => {
  it.effect("are complete, over many pages, in tables and in JSON", () =>
    Effect.gen(function*() {
      const { keyId, run } = yield* makeWorld
      for (let index = 0; index < 49; index++) {
        succeeded(yield* run("alias", "create", `more/${String(index).padStart(3, "0")}`, keyId))
      }
      const other = parsed(
        yield* run("key", "create", "--alias", "zzz", "--description", "Two\nlines\u001B[31m", "--json")
      )
      const aliases = parsed(yield* run("alias", "list", "--json")).Aliases
      assert.strictEqual(aliases.length, 51)
      assert.deepInclude(aliases[50], { AliasName: "alias/zzz", TargetKeyId: other.KeyMetadata.KeyId })
      assert.strictEqual(succeeded(yield* run("alias", "list")).out.trimEnd().split("\n").length, 52)
      const keys: ReadonlyArray<Listed> = parsed(yield* run("key", "list", "--json")).Keys
      const mine = keys.find((key) => key.KeyId === keyId)
      assert.deepStrictEqual([mine?.KeyState, mine?.Description, mine?.Aliases.length], ["Enabled", "", 50])
      const table = succeeded(yield* run("key", "list")).out.trimEnd().split("\n")
      assert.match(table[0] ?? "", /^KEY +STATE +ALIASES +DESCRIPTION$/)
      assert.strictEqual(table.length, 3)
      assert.include(table.join("\n"), "Two lines�[31m")
    }))

  it.effect("show no more than the caller may see", () =>
    Effect.gen(function*() {
      const { file, run } = yield* makeWorld
      const statement = { Effect: "Allow", Principal: { AWS: user("ada") }, Action: "kms:*", Resource: "*" }
      writeFileSync(file("policy"), JSON.stringify({ Version: "2012-10-17", Statement: [statement] }))
      const create = ["key", "create", "--policy", file("policy"), "--description", "hidden"]
      failed(yield* run(...create), 1, /MalformedPolicy/)
      const input = { Policy: readFileSync(file("policy"), "utf8"), BypassPolicyLockoutSafetyCheck: true }
      succeeded(yield* run("call", "CreateKey", ...called({ ...input, Description: "hidden" })))
      const { out } = succeeded(yield* run("key", "list"))
      assert.match(out, /  \?  +\?$/m)
      assert.notInclude(out, "hidden")
      failed(yield* run("key", "list", "--as", user("ada")), 4, /kms:ListAliases/)
    }))

  it.effect("change with aliases", () =>
    Effect.gen(function*() {
      const { keyId, run } = yield* makeWorld
      assert.strictEqual(
        succeeded(yield* run("alias", "create", "alias/b", "alias/pay")).out,
        "alias/b now names alias/pay.\n"
      )
      failed(yield* run("alias", "create", "b", keyId), 1, /AlreadyExists/)
      succeeded(yield* run("alias", "delete", "alias/pay"))
      failed(yield* run("alias", "delete", "alias/pay"), 3, /alias\/pay is not found/)
      assert.match(
        succeeded(yield* run("alias", "list")).out,
        new RegExp(`^ALIAS +KEY +CREATED\\nalias/b  ${keyId}  1970`)
      )
    }))
})

describe("accounts and Regions", () => {
  it.effect("never see each other", () =>
    Effect.gen(function*() {
      const { run } = yield* makeWorld
      for (const place of [["--region", "eu-west-1"], ["--account", "444455556666"]]) {
        assert.deepStrictEqual(parsed(yield* run("key", "list", "--json", ...place)), { Keys: [] })
        failed(yield* run("key", "describe", "alias/pay", ...place), 3, /NotFound/)
      }
    }))
})
