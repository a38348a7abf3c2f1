import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { bytes, createKey, makeWorld, root, user } from "../support/World.ts"

const statement = (more: object) => ({ Effect: "Allow", Action: "kms:*", Resource: "*", ...more })

/** Root may everything; Bob may encrypt under a condition. */
const policy = (Condition: object) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement({ Principal: { AWS: root } }),
      statement({ Principal: { AWS: user("bob") }, Action: "kms:Encrypt", Condition })
    ]
  })

/** What Bob's Encrypt comes to under a quota, for a key with two aliases. */
const encryptUnder = Effect.fnUntraced(function*(condition: object, quota: number) {
  const world = yield* makeWorld()
  const KeyId = yield* createKey(world.root, { Policy: policy(condition) })
  yield* world.root.createAlias({ AliasName: "alias/one", TargetKeyId: KeyId })
  yield* world.root.createAlias({ AliasName: "alias/two", TargetKeyId: KeyId })
  const strict = yield* makeWorld({ store: world.store, limits: { aliasesPerKey: quota } })
  const call = strict.as(user("bob")).encrypt({ KeyId, Plaintext: bytes("x") })
  const outcome = yield* Effect.match(call, { onFailure: ({ _tag }) => _tag, onSuccess: () => "encrypted" })
  return { outcome, verdict: strict.events().at(-1)?.additionalEventData?.authorization }
})

const depending = [
  { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/one" } },
  { "ForAllValues:StringLike": { "kms:ResourceAliases": "alias/*" } },
  { "ForAllValues:StringNotEquals": { "kms:resourceAliases": "alias/three" } },
  { "ForAnyValue:StringEqualsIfExists": { "kms:ResourceAliases": "alias/one" } }
]

describe("a policy that depends on a key's aliases", () => {
  it.effect("allows while the key is within its quota", () =>
    Effect.gen(function*() {
      for (const condition of depending) {
        assert.strictEqual((yield* encryptUnder(condition, 2)).outcome, "encrypted", JSON.stringify(condition))
      }
    }))

  it.effect("denies while the key has more than its quota, whatever the operator", () =>
    Effect.gen(function*() {
      for (const condition of depending) {
        const { outcome, verdict } = yield* encryptUnder(condition, 1)
        assert.strictEqual(outcome, "AccessDeniedException", JSON.stringify(condition))
        assert.deepStrictEqual(verdict, { allowed: false, because: { _tag: "TooManyAliases" } })
      }
    }))

  it.effect("is one that asks for them: others go on", () =>
    Effect.gen(function*() {
      const { outcome } = yield* encryptUnder({ StringEquals: { "kms:KeySpec": "SYMMETRIC_DEFAULT" } }, 1)
      assert.strictEqual(outcome, "encrypted")
    }))
})
