/** GenerateDataKeyPair and GenerateDataKeyPairWithoutPlaintext, whose key pairs OpenSSL reads and uses. */
import { assert, describe, it } from "@effect/vitest"
import { dataKeyPairSpecs } from "@keystead/core/domain/Specs"
import { asymmetric } from "@keystead/core/groups/Asymmetric"
import { symmetric } from "@keystead/core/groups/Symmetric"
import type { InputOf } from "@keystead/core/operations/Operation"
import type { Registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import {
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
  type KeyObject,
  sign,
  verify
} from "node:crypto"
import { failureOf } from "../support/Failure.ts"
import { nobleKinds } from "../support/Kinds.ts"
import { holds } from "../support/Property.ts"
import { bytes, createKey, makeWorld } from "../support/World.ts"

type PairSpec = InputOf<Registry["GenerateDataKeyPair"]>["KeyPairSpec"]

const dryRun = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."
const inJavaScript: ReadonlyArray<PairSpec> = dataKeyPairSpecs.filter((spec) =>
  nobleKinds.some(({ keySpec }) => keySpec === spec)
)

const keysOf = (privateKey: Uint8Array, publicKey: Uint8Array) => ({
  privateKey: createPrivateKey({ key: Buffer.from(privateKey), format: "der", type: "pkcs8" }),
  publicKey: createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" })
})

/** OpenSSL does with the pair what it is for: the two belong together. */
const isPair = (
  spec: PairSpec,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }
): boolean => {
  if (spec.startsWith("ML_KEM")) {
    const { ciphertext, sharedKey } = encapsulate(publicKey)
    return Buffer.compare(decapsulate(privateKey, ciphertext), sharedKey) === 0
  }
  const hash = spec === "ECC_NIST_EDWARDS25519" ? null : "sha256"
  const signed = verify(hash, bytes("x"), publicKey, sign(hash, bytes("x"), privateKey))
  if (!/P\d/.test(spec)) return signed
  return signed && diffieHellman({ privateKey, publicKey }).length > 0
}

describe.each(inJavaScript)("a data key pair of spec %s", (KeyPairSpec) => {
  it("is read by OpenSSL, and its private key is what its ciphertext opens to, under the same context only", () =>
    holds(
      fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 2 }),
      (context) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const KeyId = yield* createKey(root)
          const { KeyMetadata } = yield* root.describeKey({ KeyId })
          // fast-check's dictionaries may have no prototype.
          const EncryptionContext = { ...context }
          const request = { KeyId, KeyPairSpec, EncryptionContext }
          const { PrivateKeyCiphertextBlob: CiphertextBlob, PrivateKeyPlaintext, PublicKey, ...made } = yield* root
            .generateDataKeyPair(request)
          const said = { KeyId: KeyMetadata?.Arn, KeyPairSpec, KeyMaterialId: KeyMetadata?.CurrentKeyMaterialId }
          assert.deepStrictEqual(made, said)
          const pair = keysOf(PrivateKeyPlaintext ?? bytes(""), PublicKey ?? bytes(""))
          assert.isTrue(isPair(KeyPairSpec, pair))
          assert.deepStrictEqual(
            (yield* root.decrypt({ CiphertextBlob, EncryptionContext })).Plaintext,
            PrivateKeyPlaintext
          )
          assert.strictEqual(
            yield* failureOf(root, "Decrypt", {
              CiphertextBlob,
              EncryptionContext: { ...EncryptionContext, more: "x" }
            }),
            "InvalidCiphertextException: "
          )
          const hidden = yield* root.generateDataKeyPairWithoutPlaintext(request)
          assert.sameMembers(Object.keys(hidden), [
            "PrivateKeyCiphertextBlob",
            "PublicKey",
            "KeyId",
            "KeyPairSpec",
            "KeyMaterialId"
          ])
          assert.deepInclude(hidden, said as object)
          assert.notDeepEqual(hidden.PublicKey, PublicKey)
          const opened = yield* root.decrypt({ CiphertextBlob: hidden.PrivateKeyCiphertextBlob, EncryptionContext })
          const second = keysOf(opened.Plaintext ?? bytes(""), hidden.PublicKey ?? bytes(""))
          assert.isTrue(isPair(KeyPairSpec, second))
        }),
      { numRuns: 2 }
    ))

  it.effect("is in its one form: PKCS#8 that OpenSSL writes again to the byte", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      const { PrivateKeyPlaintext = bytes(""), PublicKey = bytes("") } = yield* root.generateDataKeyPair({
        KeyId,
        KeyPairSpec
      })
      const { privateKey, publicKey } = keysOf(PrivateKeyPlaintext, PublicKey)
      assert.deepStrictEqual(Uint8Array.from(publicKey.export({ format: "der", type: "spki" })), PublicKey)
      // OpenSSL writes ML-KEM keys with both seed and expanded key; AWS gives the seed only.
      if (KeyPairSpec.startsWith("ML_KEM")) assert.lengthOf(PrivateKeyPlaintext, 86)
      else {assert.deepStrictEqual(
          Uint8Array.from(privateKey.export({ format: "der", type: "pkcs8" })),
          PrivateKeyPlaintext
        )}
    }))

  it.effect("is the same in worlds of the same seed", () =>
    Effect.gen(function*() {
      const made = Effect.fnUntraced(function*(seed: string) {
        const { root } = yield* makeWorld({ seed })
        return yield* root.generateDataKeyPair({ KeyId: yield* createKey(root), KeyPairSpec })
      })
      const first = yield* made("one")
      assert.deepStrictEqual(yield* made("one"), first)
      assert.notDeepEqual((yield* made("two")).PublicKey, first.PublicKey)
    }))
})

describe("data key pairs", () => {
  it.effect("are made for nobody in a dry run, and not of specs that nothing stands behind", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root)
      for (const operation of ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"] as const) {
        assert.strictEqual(
          yield* failureOf(root, operation, { KeyId, KeyPairSpec: "ECC_NIST_P256", DryRun: true }),
          dryRun
        )
        for (const KeyPairSpec of ["RSA_2048", "RSA_3072", "RSA_4096", "SM2"]) {
          assert.strictEqual(
            yield* failureOf(root, operation, { KeyId, KeyPairSpec }),
            `UnsupportedOperationException: Data key pairs of spec ${KeyPairSpec} are not supported here.`
          )
        }
        assert.strictEqual(
          yield* failureOf(root, operation, { KeyId, KeyPairSpec: "ML_DSA_44" }),
          "ValidationException: 1 validation error detected: Value 'ML_DSA_44' at 'keyPairSpec' failed to satisfy "
            + `constraint: Member must satisfy enum value set: [${dataKeyPairSpecs.join(", ")}]`
        )
        assert.match(
          yield* failureOf(root, operation, {
            KeyId,
            KeyPairSpec: "ECC_NIST_P256",
            EncryptionContext: { a: "x".repeat(9000) }
          }),
          /^ValidationException: .* serialized length/
        )
      }
    }))

  it.effect("of a group that is not carried are not supported", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld({ groups: [symmetric, asymmetric] })
      const KeyId = yield* createKey(root)
      yield* root.generateDataKeyPair({ KeyId, KeyPairSpec: "ECC_NIST_P256" })
      assert.strictEqual(
        yield* failureOf(root, "GenerateDataKeyPair", { KeyId, KeyPairSpec: "ML_KEM_512" }),
        "UnsupportedOperationException: Data key pairs of spec ML_KEM_512 are not supported here."
      )
    }))
})
