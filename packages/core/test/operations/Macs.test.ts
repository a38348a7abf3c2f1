/** GenerateMac and VerifyMac, with `node:crypto` as the other side. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { createHmac } from "node:crypto"
import { algorithmsOf, makeKey, usesFor } from "../support/EveryKey.ts"
import { failureOf } from "../support/Failure.ts"
import { importMaterial, wrappingKinds } from "../support/Importing.ts"
import { flipped } from "../support/Kinds.ts"
import { holds } from "../support/Property.ts"
import { bytes, makeWorld } from "../support/World.ts"

const uses = usesFor("GENERATE_VERIFY_MAC")
const messages = fc.uint8Array({ minLength: 1, maxLength: 300 })
const dryRun = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
const notNull = (member: string) =>
  `ValidationException: 1 validation error detected: Value at '${member}' failed to satisfy constraint: `
  + "Member must have length greater than or equal to 1"

/** A key of the use, and what requests to it need. */
const prepared = Effect.fnUntraced(function*(use: (typeof uses)[number]) {
  const world = yield* makeWorld()
  const { arn, keyId: KeyId } = yield* makeKey(world.root, use)
  const MacAlgorithm = algorithmsOf(use)[0] as "HMAC_SHA_256"
  return { root: world.root, world, arn, KeyId, MacAlgorithm }
})

it("there are all four specs", () => {
  assert.deepStrictEqual(uses.map(({ keySpec }) => keySpec), ["HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"])
})

describe.each(uses)("$keySpec", (use) => {
  const length = Number(use.keySpec.slice("HMAC_".length)) / 8

  it("verifies what it made, and refuses every other code and message, without a word", () =>
    holds(
      fc.tuple(messages, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 100 })),
      ([Message, at, garbage]) =>
        Effect.gen(function*() {
          const { arn, root, ...key } = yield* prepared(use)
          const request = { KeyId: key.KeyId, MacAlgorithm: key.MacAlgorithm, Message }
          const { Mac = bytes(""), ...made } = yield* root.generateMac(request)
          const said = { KeyId: arn, MacAlgorithm: key.MacAlgorithm }
          assert.deepStrictEqual(made, said)
          assert.lengthOf(Mac, length)
          assert.deepStrictEqual(yield* root.verifyMac({ ...request, Mac }), { ...said, MacValid: true })
          assert.deepStrictEqual((yield* root.generateMac(request)).Mac, Mac)
          const wrong = [
            { ...request, Mac: flipped(Mac, at) },
            { ...request, Mac: Mac.subarray(0, 1 + (at % (length - 1))) },
            { ...request, Mac: Uint8Array.of(...Mac, 0) },
            { ...request, Mac: garbage },
            { ...request, Mac, Message: flipped(Message, at) },
            { ...request, Mac, Message: Uint8Array.of(...Message, 0) }
          ]
          for (const input of wrong) {
            assert.strictEqual(yield* failureOf(root, "VerifyMac", input), "KMSInvalidMacException: ")
            // What is wrong is told in a dry run too.
            assert.strictEqual(
              yield* failureOf(root, "VerifyMac", { ...input, DryRun: true }),
              "KMSInvalidMacException: "
            )
          }
          for (const operation of ["GenerateMac", "VerifyMac"] as const) {
            assert.strictEqual(yield* failureOf(root, operation, { ...request, Mac, DryRun: true }), dryRun)
          }
        }),
      { numRuns: 10 }
    ))

  it.effect("takes messages of 1 to 4,096 bytes", () =>
    Effect.gen(function*() {
      const { KeyId, MacAlgorithm, root } = yield* prepared(use)
      for (const size of [1, 4096]) {
        const request = { KeyId, MacAlgorithm, Message: new Uint8Array(size) }
        yield* root.verifyMac({ ...request, Mac: (yield* root.generateMac(request)).Mac ?? bytes("") })
      }
      const request = { KeyId, MacAlgorithm, Message: bytes("x") }
      for (const operation of ["GenerateMac", "VerifyMac"] as const) {
        const input = { ...request, Mac: bytes("x") }
        assert.strictEqual(yield* failureOf(root, operation, { ...input, Message: bytes("") }), notNull("message"))
        assert.strictEqual(
          yield* failureOf(root, operation, { ...input, Message: new Uint8Array(4097) }),
          "ValidationException: 1 validation error detected: Value at 'message' failed to satisfy constraint: "
            + "Member must have length less than or equal to 4096"
        )
      }
      assert.strictEqual(yield* failureOf(root, "VerifyMac", { ...request, Mac: bytes("") }), notNull("mac"))
    }))

  it("makes other codes under other keys, and the same ones in a world of the same seed", () =>
    holds(messages, (Message) =>
      Effect.gen(function*() {
        const [one, same] = [yield* prepared(use), yield* prepared(use)]
        assert.strictEqual(one.KeyId, same.KeyId)
        const codeOf = ({ KeyId, MacAlgorithm, root }: typeof one) =>
          Effect.map(root.generateMac({ KeyId, MacAlgorithm, Message }), ({ Mac }) => Mac)
        assert.deepStrictEqual(yield* codeOf(one), yield* codeOf(same))
        const { keyId } = yield* makeKey(one.root, use)
        assert.notDeepEqual(yield* codeOf({ ...one, KeyId: keyId }), yield* codeOf(one))
      }), { numRuns: 5 }))

  it("makes the codes of node:crypto, with a key that both have", () =>
    holds(
      fc.tuple(messages, fc.uint8Array({ minLength: length, maxLength: length })),
      ([Message, secret]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld({ kinds: wrappingKinds })
          const { KeyMetadata } = yield* root.createKey({
            KeySpec: use.keySpec,
            KeyUsage: use.keyUsage,
            Origin: "EXTERNAL"
          })
          const KeyId = KeyMetadata?.KeyId ?? ""
          yield* importMaterial(root, KeyId, secret)
          const { Mac } = yield* root.generateMac({
            KeyId,
            MacAlgorithm: algorithmsOf(use)[0] as "HMAC_SHA_256",
            Message
          })
          const hash = `sha${length * 8}`
          assert.deepStrictEqual(Mac, Uint8Array.from(createHmac(hash, secret).update(Message).digest()))
        }),
      { numRuns: 5 }
    ))
})
