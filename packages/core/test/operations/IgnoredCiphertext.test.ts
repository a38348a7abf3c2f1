/** Dry runs of Decrypt and ReEncrypt with DryRunModifiers=[IGNORE_CIPHERTEXT]. Source: kms-semantics 2.9. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { failureOf } from "../support/Failure.ts"
import { holds } from "../support/Property.ts"
import { bytes, createKey, makeWorld, root as owner, user } from "../support/World.ts"

const dryRun = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
const ignoring = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] }
const missing = (member: string) =>
  `ValidationException: 1 validation error detected: Value null at '${member}' failed to satisfy constraint: `
  + "Member must not be null"

const policy = (Action: string, Condition: object = {}) =>
  JSON.stringify({
    Statement: [
      { Effect: "Allow", Principal: { AWS: owner }, Action: "kms:*", Resource: "*" },
      { Effect: "Allow", Principal: { AWS: user("bob") }, Action, Resource: "*", Condition }
    ]
  })

describe("a dry run that ignores the ciphertext", () => {
  it("needs the key named, and no ciphertext, whatever there is in its place", () =>
    holds(
      fc.option(fc.uint8Array({ minLength: 1, maxLength: 200 }), { nil: undefined }),
      (CiphertextBlob) =>
        Effect.gen(function*() {
          const { events, root } = yield* makeWorld()
          const [KeyId, other] = [yield* createKey(root), yield* createKey(root)]
          const given = CiphertextBlob === undefined ? ignoring : { ...ignoring, CiphertextBlob }
          assert.strictEqual(yield* failureOf(root, "Decrypt", { ...given, KeyId }), dryRun)
          assert.strictEqual(events().at(-1)?.resources?.length, 1)
          assert.strictEqual(yield* failureOf(root, "Decrypt", given), missing("keyId"))
          const moving = { ...given, DestinationKeyId: other }
          assert.strictEqual(yield* failureOf(root, "ReEncrypt", { ...moving, SourceKeyId: KeyId }), dryRun)
          assert.strictEqual(yield* failureOf(root, "ReEncrypt", moving), missing("sourceKeyId"))
        }),
      { numRuns: 20 }
    ))

  it.effect("asks the policies with the context that is given", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const bob = world.as(user("bob"))
      const context = { StringEquals: { "kms:EncryptionContext:a": "b" } }
      const from = yield* createKey(world.root, { Policy: policy("kms:ReEncryptFrom", context) })
      const to = yield* createKey(world.root, { Policy: policy("kms:ReEncryptTo") })
      const opening = yield* createKey(world.root, { Policy: policy("kms:Decrypt", context) })
      const EncryptionContext = { a: "b" }
      assert.strictEqual(yield* failureOf(bob, "Decrypt", { ...ignoring, KeyId: opening, EncryptionContext }), dryRun)
      assert.match(
        yield* failureOf(bob, "Decrypt", { ...ignoring, KeyId: opening }),
        /^AccessDeniedException: .*kms:Decrypt/
      )
      const moving = {
        ...ignoring,
        SourceKeyId: from,
        DestinationKeyId: to,
        SourceEncryptionContext: EncryptionContext
      }
      assert.strictEqual(yield* failureOf(bob, "ReEncrypt", moving), dryRun)
      const { SourceEncryptionContext: _, ...without } = moving
      assert.match(yield* failureOf(bob, "ReEncrypt", without), /^AccessDeniedException: .*kms:ReEncryptFrom/)
      assert.match(
        yield* failureOf(bob, "ReEncrypt", { ...moving, DestinationKeyId: from }),
        /^AccessDeniedException: .*kms:ReEncryptTo/
      )
    }))

  it.effect("tells of keys that are not there, not enabled, or for something else", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      const signing = yield* createKey(root, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })
      const hmac = yield* createKey(root, { KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" })
      const disabled = yield* createKey(root)
      yield* root.disableKey({ KeyId: disabled })
      const expected: ReadonlyArray<readonly [string, RegExp]> = [
        ["alias/none", /^NotFoundException: /],
        [disabled, /^DisabledException: /],
        [signing, /^InvalidKeyUsageException: /],
        [hmac, /^(IncorrectKeyException|InvalidKeyUsageException): /]
      ]
      for (const [id, error] of expected) {
        assert.match(yield* failureOf(root, "Decrypt", { ...ignoring, KeyId: id }), error)
        const [from, to] = [{ SourceKeyId: id, DestinationKeyId: KeyId }, { SourceKeyId: KeyId, DestinationKeyId: id }]
        assert.match(yield* failureOf(root, "ReEncrypt", { ...ignoring, ...from }), error)
        assert.match(yield* failureOf(root, "ReEncrypt", { ...ignoring, ...to }), error)
      }
      assert.match(
        yield* failureOf(root, "Decrypt", { ...ignoring, KeyId, EncryptionAlgorithm: "SM2PKE" }),
        /^InvalidKeyUsageException: /
      )
    }))

  it.effect("is one only if DryRun is set, and names no other modifier", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId, Plaintext: bytes("secret") })
      for (const DryRun of [undefined, false]) {
        const more = { DryRun, DryRunModifiers: ["IGNORE_CIPHERTEXT" as const] }
        assert.deepStrictEqual((yield* root.decrypt({ CiphertextBlob, ...more })).Plaintext, bytes("secret"))
        yield* root.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId, ...more })
        assert.strictEqual(yield* failureOf(root, "Decrypt", { KeyId, ...more }), missing("ciphertextBlob"))
      }
      const none = { DryRun: true, DryRunModifiers: [] }
      assert.strictEqual(yield* failureOf(root, "Decrypt", { KeyId, ...none }), missing("ciphertextBlob"))
      assert.strictEqual(yield* failureOf(root, "Decrypt", { CiphertextBlob, ...none }), dryRun)
      assert.strictEqual(
        yield* failureOf(root, "Decrypt", { KeyId, DryRun: true, DryRunModifiers: ["ALL"] }),
        "ValidationException: 1 validation error detected: Value 'ALL' at 'dryRunModifiers.1.member' failed to satisfy "
          + "constraint: Member must satisfy enum value set: [IGNORE_CIPHERTEXT]"
      )
    }))
})
