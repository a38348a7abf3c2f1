/** `keystead explain`: what decides about a call, for people and for machines. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { failed, makeWorld, succeeded, user } from "./support/Keystead.ts"

const root = "arn:aws:iam::111122223333:root"

const policy = {
  Version: "2012-10-17",
  Statement: [
    { Sid: "root", Effect: "Allow", Principal: { AWS: root }, Action: "kms:*", Resource: "*" },
    {
      Sid: "pay",
      Effect: "Allow",
      Principal: { AWS: user("bob") },
      Action: "kms:Encrypt",
      Resource: "*",
      Condition: { StringEquals: { "kms:EncryptionContext:app": ["pay", "wages"] } }
    },
    { Effect: "Deny", Principal: { AWS: user("eve") }, Action: "kms:*", Resource: "*" }
  ]
}

const makePolicyWorld = Effect.gen(function*() {
  const world = yield* makeWorld
  writeFileSync(world.file("policy"), JSON.stringify(policy))
  succeeded(yield* world.run("key", "create", "--alias", "wages", "--policy", world.file("policy")))
  const encrypt = (app: string) =>
    JSON.stringify({ KeyId: "alias/wages", Plaintext: "c2VjcmV0", EncryptionContext: { app } })
  const explain = (name: string, app: string, ...more: ReadonlyArray<string>) =>
    world.run("explain", "Encrypt", "--input", encrypt(app), "--as", user(name), ...more)
  return { ...world, explain }
})

describe("explain", () => {
  it.effect("tells people what decides, and what keeps each statement from it", () =>
    Effect.gen(function*() {
      const { explain } = yield* makePolicyWorld
      const { out } = succeeded(yield* explain("bob", "hr"))
      assert.match(
        out,
        /^arn:aws:iam::111122223333:user\/bob may not call Encrypt so\.\n\nkms:Encrypt on arn:aws:kms:\S+: denied/
      )
      assert.match(out, /\(no identity policy of the caller allows it, and the key policy alone does not\)\n/)
      assert.match(out, /^key policy, 0 "root" +Allow +applies to the account: its identity policies decide$/m)
      const wants = "StringEquals kms:EncryptionContext:app: wants \"pay\" or \"wages\", has \"hr\""
      assert.match(out, new RegExp(`^key policy, 1 "pay" +Allow +${wants}$`, "m"))
      assert.match(out, /^key policy, 2 +Deny +names others$/m)
      assert.notInclude(out, "c2VjcmV0")
      assert.match(
        succeeded(yield* explain("bob", "pay")).out,
        /may call Encrypt so.*: allowed \(key policy, 1 "pay"\)/s
      )
      assert.match(succeeded(yield* explain("eve", "pay")).out, /: denied \(key policy, 2\)/)
    }))

  it.effect("tells machines the same as JSON, and calls nothing", () =>
    Effect.gen(function*() {
      const { explain, run } = yield* makePolicyWorld
      const explanation = JSON.parse(succeeded(yield* explain("bob", "pay", "--json")).out)
      assert.deepInclude(explanation, { operation: "Encrypt", principal: user("bob"), allowed: true, stopped: null })
      assert.strictEqual(explanation.permissions[0].verdict.by.source.statement.sid, "pay")
      succeeded(yield* run("explain", "CreateKey"))
      assert.strictEqual(JSON.parse(succeeded(yield* run("key", "list", "--json")).out).Keys.length, 2)
    }))

  it.effect("tells with what a call ends before its permissions are asked", () =>
    Effect.gen(function*() {
      const { run } = yield* makePolicyWorld
      const { out } = succeeded(yield* run("explain", "DescribeKey", "--input", `{"KeyId":"alias/none"}`))
      assert.match(
        out,
        /^DescribeKey ends before permissions are asked\. NotFoundException: Alias \S+ is not found\.\n$/
      )
      failed(yield* run("explain", "DescribeKey", "--input", "{"), 1, /SerializationException/)
      failed(yield* run("explain", "Nothing"), 2, /"Nothing"/)
    }))
})
