/** What keys are for, operation by operation: the refusals of AWS, and the order in which they show. */
import { assert, describe, it } from "@effect/vitest"
import type { KeyUsage } from "@keystead/core/domain/Specs"
import * as Specs from "@keystead/core/domain/Specs"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { algorithmsOf, makeEveryKey, makeKey, usesFor } from "../support/EveryKey.ts"
import { failureOf } from "../support/Failure.ts"
import { members } from "../support/Inputs.ts"
import { neededUsage } from "../support/NeededUsage.ts"
import { bytes, createKey, makeWorld, user } from "../support/World.ts"

const operations = Object.entries(neededUsage) as ReadonlyArray<[OperationName, KeyUsage]>

const incorrectKey =
  "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation."

/** Operations that choose an algorithm: all that AWS knows, and the member that names it. */
const choosing = [
  ["Encrypt", "EncryptionAlgorithm", Specs.encryptionAlgorithms],
  ["Decrypt", "EncryptionAlgorithm", Specs.encryptionAlgorithms],
  ["ReEncrypt", "SourceEncryptionAlgorithm", Specs.encryptionAlgorithms],
  ["ReEncrypt", "DestinationEncryptionAlgorithm", Specs.encryptionAlgorithms],
  ["GenerateMac", "MacAlgorithm", Specs.macAlgorithms],
  ["VerifyMac", "MacAlgorithm", Specs.macAlgorithms],
  ["Sign", "SigningAlgorithm", Specs.signingAlgorithms],
  ["Verify", "SigningAlgorithm", Specs.signingAlgorithms]
] as const

describe("an operation on a key for something else", () => {
  it.effect("says what the key is for, with and without DryRun, whatever else is wrong", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const symmetric = yield* createKey(root)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId: symmetric, Plaintext: bytes("x") })
      const keys = yield* makeEveryKey(root)
      for (const [operation, usage] of operations) {
        for (const { arn, keyId, keyUsage } of keys.filter((key) => key.keyUsage !== usage)) {
          const input = { ...members, CiphertextBlob, KeyId: keyId, DestinationKeyId: keyId }
          const expected = operation === "Decrypt" && keyUsage === "GENERATE_VERIFY_MAC"
            ? incorrectKey
            : `InvalidKeyUsageException: ${arn} key usage is ${keyUsage} which is not valid for ${operation}.`
          assert.strictEqual(yield* failureOf(root, operation, input), expected)
          assert.strictEqual(yield* failureOf(root, operation, { ...input, DryRun: true }), expected)
        }
      }
    }))

  it.effect("ReEncrypt says it of the source too, and of an HMAC key before anything else", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const symmetric = yield* createKey(root)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId: symmetric, Plaintext: bytes("x") })
      const keys = yield* makeEveryKey(root)
      for (const { arn, keyId, keyUsage } of keys.filter((key) => key.keyUsage !== "ENCRYPT_DECRYPT")) {
        const input = { CiphertextBlob, SourceKeyId: keyId, DestinationKeyId: symmetric }
        const expected = keyUsage === "GENERATE_VERIFY_MAC"
          ? incorrectKey
          : `InvalidKeyUsageException: ${arn} key usage is ${keyUsage} which is not valid for ReEncrypt.`
        assert.strictEqual(yield* failureOf(root, "ReEncrypt", input), expected)
        if (keyUsage !== "GENERATE_VERIFY_MAC") continue
        const wrong = { ...input, DestinationKeyId: keyId, SourceEncryptionAlgorithm: "SM2PKE" }
        assert.strictEqual(yield* failureOf(root, "ReEncrypt", wrong), incorrectKey)
      }
    }))

  it.effect("with another algorithm names algorithm and spec", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const symmetric = yield* createKey(root)
      const { CiphertextBlob } = yield* root.encrypt({ KeyId: symmetric, Plaintext: bytes("x") })
      for (const [operation, member, all] of choosing) {
        for (const use of usesFor(neededUsage[operation] ?? "ENCRYPT_DECRYPT")) {
          const { keyId, keySpec } = yield* makeKey(root, use)
          const input = { ...members, CiphertextBlob, KeyId: keyId, SourceKeyId: keyId, DestinationKeyId: keyId }
          const others = all.filter((algorithm) => !algorithmsOf(use).includes(algorithm))
          assert.isAbove(others.length, 0)
          for (const algorithm of others) {
            assert.strictEqual(
              yield* failureOf(root, operation, { ...input, [member]: algorithm }),
              `InvalidKeyUsageException: Algorithm ${algorithm} is incompatible with key spec ${keySpec}.`
            )
          }
          assert.match(
            yield* failureOf(root, operation, { ...input, [member]: "ROT13" }),
            /^ValidationException: 1 validation error detected: Value 'ROT13' at '\w+' failed to satisfy constraint: Member must satisfy enum value set: \[/
          )
        }
      }
    }))
})

describe("errors", () => {
  for (const [operation, usage] of operations.filter(([name]) => name !== "Decrypt" && name !== "ReEncrypt")) {
    it.effect(`of ${operation} show in the order of request, key, permission, state and usage`, () =>
      Effect.gen(function*() {
        const world = yield* makeWorld()
        const [use] = usesFor(usage === "SIGN_VERIFY" ? "KEY_AGREEMENT" : "SIGN_VERIFY")
        const { arn, keyId } = yield* makeKey(world.root, use ?? { keySpec: "ML_DSA_44", keyUsage: "SIGN_VERIFY" })
        const eve = world.as(user("eve"))
        const input = { ...members, KeyId: keyId, DryRun: true }
        yield* world.root.disableKey({ KeyId: keyId })
        assert.match(yield* failureOf(eve, operation, { ...input, DryRun: "yes" }), /^ValidationException: .*'dryRun'/)
        assert.match(
          yield* failureOf(eve, operation, { ...input, KeyId: "x" }),
          /^NotFoundException: Invalid keyId 'x'/
        )
        assert.match(yield* failureOf(eve, operation, input), /^AccessDeniedException: /)
        assert.strictEqual(yield* failureOf(world.root, operation, input), `DisabledException: ${arn} is disabled.`)
        yield* world.root.enableKey({ KeyId: keyId })
        assert.match(yield* failureOf(world.root, operation, input), /^InvalidKeyUsageException: /)
      }))
  }
})

describe("GetPublicKey", () => {
  it.effect("refuses keys that are no pairs", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      for (const use of [...usesFor("ENCRYPT_DECRYPT"), ...usesFor("GENERATE_VERIFY_MAC")]) {
        const { arn, keyId, keySpec } = yield* makeKey(root, use)
        assert.strictEqual(
          yield* failureOf(root, "GetPublicKey", { KeyId: keyId }),
          `UnsupportedOperationException: ${arn} key spec is ${keySpec}: only asymmetric keys have a public key.`
        )
        yield* root.disableKey({ KeyId: keyId })
        assert.strictEqual(
          yield* failureOf(root, "GetPublicKey", { KeyId: keyId }),
          `DisabledException: ${arn} is disabled.`
        )
      }
    }))
})

describe("rotation", () => {
  it.effect("is for symmetric keys only, and a disabled key says that it is disabled", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const keys = yield* makeEveryKey(root)
      for (const { arn, keyId, keySpec } of keys.filter(({ keySpec }) => keySpec !== "SYMMETRIC_DEFAULT")) {
        const unfit =
          `UnsupportedOperationException: ${arn} key spec is ${keySpec} which is not valid for this operation.`
        const setting = ["EnableKeyRotation", "DisableKeyRotation"] as const
        const telling = ["GetKeyRotationStatus", "ListKeyRotations"] as const
        for (const operation of [...setting, ...telling]) {
          assert.strictEqual(yield* failureOf(root, operation, { KeyId: keyId }), unfit)
        }
        // AWS gives no message here (kms-semantics 2.13).
        assert.strictEqual(
          yield* failureOf(root, "RotateKeyOnDemand", { KeyId: keyId }),
          "UnsupportedOperationException: "
        )
        yield* root.disableKey({ KeyId: keyId })
        for (const operation of [...setting, "RotateKeyOnDemand"] as const) {
          assert.strictEqual(
            yield* failureOf(root, operation, { KeyId: keyId }),
            `DisabledException: ${arn} is disabled.`
          )
        }
        for (const operation of telling) {
          assert.strictEqual(yield* failureOf(root, operation, { KeyId: keyId }), unfit)
        }
      }
    }))
})

describe("an alias", () => {
  const type = (keySpec: string) =>
    keySpec === "SYMMETRIC_DEFAULT" ? "symmetric" : keySpec.startsWith("HMAC") ? "HMAC" : "asymmetric"

  it.effect("moves between keys of one type and one usage, and no others", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const keys = yield* makeEveryKey(root)
      for (const from of keys) {
        const AliasName = `alias/${from.keyId}`
        yield* root.createAlias({ AliasName, TargetKeyId: from.keyId })
        for (const to of keys) {
          const fits = type(from.keySpec) === type(to.keySpec) && from.keyUsage === to.keyUsage
          const input = { AliasName, TargetKeyId: to.keyId }
          if (fits) {
            yield* root.updateAlias(input)
          } else {
            assert.strictEqual(
              yield* failureOf(root, "UpdateAlias", input),
              `ValidationException: The alias is of a key of type ${type(from.keySpec)} for ${from.keyUsage}, and the `
                + "new key must be of the same type and usage. Create another alias for it."
            )
          }
          const { KeyMetadata } = yield* root.describeKey({ KeyId: AliasName })
          if (fits) assert.strictEqual(KeyMetadata?.KeyId, to.keyId)
          assert.strictEqual(KeyMetadata?.KeyUsage, from.keyUsage)
        }
      }
    }))
})
