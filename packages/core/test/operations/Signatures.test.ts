/** Sign, Verify and GetPublicKey, with OpenSSL as the other side. RSA keys are Node's alone, and tested there. */
import { assert, describe, it } from "@effect/vitest"
import type { InputOf } from "@keystead/core/operations/Operation"
import type { Registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { createPublicKey, verify } from "node:crypto"
import { algorithmsOf, makeKey, uses as all, usesFor } from "../support/EveryKey.ts"
import { failureOf } from "../support/Failure.ts"
import { flipped, kindOf, nobleKinds, waysToSign } from "../support/Kinds.ts"
import { holds } from "../support/Property.ts"
import { bytes, makeWorld } from "../support/World.ts"

type SignInput = InputOf<Registry["Sign"]>

const dryRun = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
const messages = fc.uint8Array({ minLength: 1, maxLength: 300 })
const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const ways = usesFor("SIGN_VERIFY").flatMap((use) =>
  waysToSign(kindOf(nobleKinds, use.keySpec)).map(({ algorithm, ...way }) => ({
    ...way,
    use,
    keySpec: use.keySpec,
    algorithm: algorithm as SignInput["SigningAlgorithm"]
  }))
)

const publicNode = (bytes: Uint8Array) => createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" })

/** The hash that OpenSSL must be told. */
const hashOf = (algorithm: string): string | null => algorithm.startsWith("ECDSA") ? `sha${algorithm.slice(-3)}` : null

describe.each(ways)("$keySpec by $algorithm of $messageType", ({ algorithm, length, messageType, use }) => {
  const slow = use.keySpec.startsWith("ML_DSA")

  it("verifies what it signed, and nothing else, without a word", () =>
    holds(
      fc.tuple(length === undefined ? messages : exactly(length), fc.nat()),
      ([Message, at]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const { arn, keyId } = yield* makeKey(root, use)
          const request: SignInput = { KeyId: keyId, Message, MessageType: messageType, SigningAlgorithm: algorithm }
          const { Signature = bytes(""), ...signed } = yield* root.sign(request)
          const said = { KeyId: arn, SigningAlgorithm: algorithm }
          assert.deepStrictEqual(signed, said)
          assert.deepStrictEqual(yield* root.verify({ ...request, Signature }), { ...said, SignatureValid: true })
          const other = yield* makeKey(root, use)
          const wrong = [
            { ...request, Signature: flipped(Signature, at) },
            { ...request, Signature: Signature.subarray(0, 1 + (at % (Signature.length - 1))) },
            { ...request, Signature: Uint8Array.of(...Signature, 0) },
            { ...request, Signature: bytes("x") },
            { ...request, Signature, Message: flipped(Message, at) },
            { ...request, Signature, KeyId: other.keyId }
          ]
          for (const input of wrong) {
            assert.strictEqual(yield* failureOf(root, "Verify", input), "KMSInvalidSignatureException: ")
            assert.strictEqual(
              yield* failureOf(root, "Verify", { ...input, DryRun: true }),
              "KMSInvalidSignatureException: "
            )
          }
          for (const operation of ["Sign", "Verify"] as const) {
            assert.strictEqual(yield* failureOf(root, operation, { ...request, Signature, DryRun: true }), dryRun)
          }
        }),
      { numRuns: slow ? 2 : 4 }
    ))

  it.effect("takes messages of its own lengths only", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const { keyId } = yield* makeKey(root, use)
      const request = { KeyId: keyId, MessageType: messageType, SigningAlgorithm: algorithm, Signature: bytes("x") }
      const lengths = length === undefined ? [] : [1, length - 1, length + 1, 4096]
      for (const operation of ["Sign", "Verify"] as const) {
        for (const wrong of lengths) {
          assert.strictEqual(
            yield* failureOf(root, operation, { ...request, Message: new Uint8Array(wrong) }),
            `ValidationException: Digest is invalid length for algorithm ${algorithm}.`
          )
        }
        assert.match(
          yield* failureOf(root, operation, { ...request, Message: bytes("") }),
          /^ValidationException: .* Value at 'message' .* greater than or equal to 1$/
        )
        assert.match(
          yield* failureOf(root, operation, { ...request, Message: new Uint8Array(4097) }),
          /^ValidationException: .* Value at 'message' .* less than or equal to 4096$/
        )
      }
      if (length === undefined) {
        yield* root.sign({ ...request, Message: new Uint8Array(1) })
        yield* root.sign({ ...request, Message: new Uint8Array(4096) })
      }
    }))

  it.effect("refuses message types that the algorithm does not have", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const { keyId } = yield* makeKey(root, use)
      const fitting = ways.filter((way) => way.algorithm === algorithm).map((way) => way.messageType)
      for (const type of (["RAW", "DIGEST", "EXTERNAL_MU"] as const).filter((type) => !fitting.includes(type))) {
        for (const operation of ["Sign", "Verify"] as const) {
          const input = { KeyId: keyId, MessageType: type, SigningAlgorithm: algorithm, Message: new Uint8Array(64) }
          assert.match(
            yield* failureOf(root, operation, { ...input, Signature: bytes("x") }),
            new RegExp(`^ValidationException: Algorithm ${algorithm} does not sign messages of type ${type}: `)
          )
        }
      }
    }))
})

describe.each(usesFor("SIGN_VERIFY"))("the public key of $keySpec", (use) => {
  it("is read by OpenSSL, which verifies with it what the key signed", () =>
    holds(messages, (Message) =>
      Effect.gen(function*() {
        const { root } = yield* makeWorld()
        const { keyId: KeyId } = yield* makeKey(root, use)
        const [algorithm = ""] = algorithmsOf(use)
        const { PublicKey = bytes("") } = yield* root.getPublicKey({ KeyId })
        // No MessageType is RAW.
        const request = { KeyId, Message, SigningAlgorithm: algorithm as SignInput["SigningAlgorithm"] }
        const { Signature = bytes("") } = yield* root.sign(request)
        assert.isTrue(verify(hashOf(algorithm), Message, publicNode(PublicKey), Signature))
        yield* root.verify({ ...request, MessageType: "RAW", Signature })
      }), { numRuns: 3 }))

  it.effect("and the signatures are the same in worlds of the same seed", () =>
    Effect.gen(function*() {
      const [algorithm = ""] = algorithmsOf(use)
      const made = Effect.fnUntraced(function*(seed: string) {
        const { root } = yield* makeWorld({ seed })
        const { keyId: KeyId } = yield* makeKey(root, use)
        const request = { KeyId, Message: bytes("x"), SigningAlgorithm: algorithm as SignInput["SigningAlgorithm"] }
        return [yield* root.getPublicKey({ KeyId }), yield* root.sign(request)]
      })
      const first = yield* made("one")
      assert.deepStrictEqual(yield* made("one"), first)
      assert.notDeepEqual(yield* made("two"), first)
    }))
})

describe("GetPublicKey", () => {
  const pairs = all.filter(({ keySpec }) => keySpec !== "SYMMETRIC_DEFAULT" && !keySpec.startsWith("HMAC"))
  const member = {
    SIGN_VERIFY: "SigningAlgorithms",
    KEY_AGREEMENT: "KeyAgreementAlgorithms",
    ENCAPSULATE_DECAPSULATE: "EncapsulationAlgorithms",
    ENCRYPT_DECRYPT: "EncryptionAlgorithms",
    GENERATE_VERIFY_MAC: "MacAlgorithms"
  }

  it.effect("tells what the key is, as DescribeKey does", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      for (const use of pairs) {
        const { arn, keyId } = yield* makeKey(root, use)
        yield* root.createAlias({ AliasName: `alias/${keyId}`, TargetKeyId: keyId })
        const older = use.keySpec.startsWith("ECC_NIST_P") || use.keySpec === "ECC_SECG_P256K1"
        for (const KeyId of [keyId, arn, `alias/${keyId}`]) {
          const { PublicKey, ...told } = yield* root.getPublicKey({ KeyId })
          const what = {
            KeySpec: use.keySpec,
            ...(older ? { CustomerMasterKeySpec: use.keySpec } : {}),
            KeyUsage: use.keyUsage,
            [member[use.keyUsage]]: algorithmsOf(use)
          }
          assert.deepStrictEqual(told, { KeyId: arn, ...what } as typeof told)
          assert.deepInclude((yield* root.describeKey({ KeyId })).KeyMetadata, what as object)
          assert.strictEqual(publicNode(PublicKey ?? bytes("")).type, "public")
        }
      }
    }))
})
