/** DeriveSharedSecret, Encapsulate and Decapsulate, with OpenSSL as the other side. */
import { assert, describe, it } from "@effect/vitest"
import { ml_kem1024, ml_kem512, ml_kem768 } from "@noble/post-quantum/ml-kem.js"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from "node:crypto"
import { makeKey, usesFor } from "../support/EveryKey.ts"
import { failureOf } from "../support/Failure.ts"
import { flipped } from "../support/Kinds.ts"
import { holds } from "../support/Property.ts"
import { bytes, createKey, makeWorld } from "../support/World.ts"

const dryRun = "DryRunOperationException: The request would have succeeded, but the DryRun option is set."

const curves = { ECC_NIST_P256: "P-256", ECC_NIST_P384: "P-384", ECC_NIST_P521: "P-521" } as const

const publicNode = (bytes: Uint8Array) => createPublicKey({ key: Buffer.from(bytes), format: "der", type: "spki" })
const spki = (key: KeyObject) => Uint8Array.from(key.export({ format: "der", type: "spki" }))

describe.each(usesFor("KEY_AGREEMENT"))("DeriveSharedSecret with $keySpec", (use) => {
  const KeyAgreementAlgorithm = "ECDH" as const
  const namedCurve = curves[use.keySpec as keyof typeof curves]

  it.effect("shares a secret with OpenSSL, and with another key of its own", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const { arn, keyId: KeyId } = yield* makeKey(root, use)
      const { PublicKey = bytes("") } = yield* root.getPublicKey({ KeyId })
      const theirs = generateKeyPairSync("ec", { namedCurve })
      const { SharedSecret, ...reply } = yield* root.deriveSharedSecret({
        KeyId,
        KeyAgreementAlgorithm,
        PublicKey: spki(theirs.publicKey)
      })
      assert.deepStrictEqual(reply, { KeyId: arn, KeyAgreementAlgorithm, KeyOrigin: "AWS_KMS" })
      const expected = diffieHellman({ privateKey: theirs.privateKey, publicKey: publicNode(PublicKey) })
      assert.deepStrictEqual(SharedSecret, Uint8Array.from(expected))
      const other = yield* makeKey(root, use)
      const ofOther = (yield* root.getPublicKey({ KeyId: other.keyId })).PublicKey ?? bytes("")
      const one = yield* root.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm, PublicKey: ofOther })
      const two = yield* root.deriveSharedSecret({ KeyId: other.keyId, KeyAgreementAlgorithm, PublicKey })
      assert.deepStrictEqual(one.SharedSecret, two.SharedSecret)
      assert.notDeepEqual(one.SharedSecret, SharedSecret)
    }))

  it("refuses whatever is no point of its curve, without a word, in a dry run too", () =>
    holds(
      fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat()),
      ([garbage, at]) =>
        Effect.gen(function*() {
          const { root } = yield* makeWorld()
          const { keyId: KeyId } = yield* makeKey(root, use)
          const { PublicKey: own = bytes("") } = yield* root.getPublicKey({ KeyId })
          const foreign = generateKeyPairSync("ec", { namedCurve: namedCurve === "P-256" ? "P-384" : "P-256" })
          const edwards = spki(generateKeyPairSync("ed25519").publicKey)
          const infinity = Uint8Array.of(...own.subarray(0, 26), 0)
          const wrong = [
            garbage,
            // A bit of the point's x and y: off the curve, but for a chance that is none.
            flipped(own, (own.length - 8) * 8 + (at % 64)),
            own.subarray(0, -1),
            Uint8Array.of(...own, 0),
            spki(foreign.publicKey),
            edwards,
            infinity
          ]
          for (const PublicKey of wrong) {
            for (const DryRun of [false, true]) {
              assert.strictEqual(
                yield* failureOf(root, "DeriveSharedSecret", { KeyId, KeyAgreementAlgorithm, PublicKey, DryRun }),
                "ValidationException: "
              )
            }
          }
          const fine = { KeyId, KeyAgreementAlgorithm, PublicKey: own }
          assert.strictEqual(yield* failureOf(root, "DeriveSharedSecret", { ...fine, DryRun: true }), dryRun)
        }),
      { numRuns: 5 }
    ))

  it.effect("takes public keys of 1 to 8,192 bytes", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const { keyId: KeyId } = yield* makeKey(root, use)
      for (const [length, constraint] of [[0, "greater than or equal to 1"], [8193, "less than or equal to 8192"]]) {
        assert.strictEqual(
          yield* failureOf(root, "DeriveSharedSecret", {
            KeyId,
            KeyAgreementAlgorithm,
            PublicKey: new Uint8Array(Number(length))
          }),
          "ValidationException: 1 validation error detected: Value at 'publicKey' failed to satisfy constraint: "
            + `Member must have length ${constraint}`
        )
      }
    }))
})

const kems = { ML_KEM_512: ml_kem512, ML_KEM_768: ml_kem768, ML_KEM_1024: ml_kem1024 }
const lengths = { ML_KEM_512: 768, ML_KEM_768: 1088, ML_KEM_1024: 1568 }

describe.each(usesFor("ENCAPSULATE_DECAPSULATE"))("Encapsulate and Decapsulate with $keySpec", (use) => {
  const EncapsulationAlgorithm = "ML_KEM" as const
  const spec = use.keySpec as keyof typeof kems

  it("give one secret, a fresh one each time, and another one of a changed ciphertext, which is no error", () =>
    holds(fc.nat(), (at) =>
      Effect.gen(function*() {
        const { root } = yield* makeWorld()
        const { arn, keyId: KeyId } = yield* makeKey(root, use)
        const request = { KeyId, EncapsulationAlgorithm }
        const said = { KeyId: arn, EncapsulationAlgorithm }
        const { SharedSecret, SharedSecretCiphertextBlob = bytes(""), ...made } = yield* root.encapsulate(request)
        assert.deepStrictEqual(made, said)
        assert.lengthOf(SharedSecret ?? [], 32)
        assert.lengthOf(SharedSecretCiphertextBlob, lengths[spec])
        assert.deepStrictEqual(yield* root.decapsulate({ ...request, SharedSecretCiphertextBlob }), {
          ...said,
          SharedSecret
        })
        const again = yield* root.encapsulate(request)
        assert.notDeepEqual(again.SharedSecret, SharedSecret)
        // FIPS 203, implicit rejection: the same other secret whenever it is asked for.
        const changed = { ...request, SharedSecretCiphertextBlob: flipped(SharedSecretCiphertextBlob, at) }
        const rejected = yield* root.decapsulate(changed)
        assert.lengthOf(rejected.SharedSecret ?? [], 32)
        assert.notDeepEqual(rejected.SharedSecret, SharedSecret)
        assert.deepStrictEqual(yield* root.decapsulate(changed), rejected)
        const other = yield* makeKey(root, use)
        const elsewhere = yield* root.decapsulate({ ...request, KeyId: other.keyId, SharedSecretCiphertextBlob })
        assert.notDeepEqual(elsewhere.SharedSecret, SharedSecret)
      }), { numRuns: 5 }))

  it.effect("refuse ciphertexts of any other length, without a word", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const { keyId: KeyId } = yield* makeKey(root, use)
      const request = { KeyId, EncapsulationAlgorithm }
      for (const length of [1, lengths[spec] - 1, lengths[spec] + 1, 6144]) {
        const input = { ...request, SharedSecretCiphertextBlob: new Uint8Array(length) }
        assert.strictEqual(yield* failureOf(root, "Decapsulate", input), "InvalidCiphertextException: ")
        assert.strictEqual(
          yield* failureOf(root, "Decapsulate", { ...input, DryRun: true }),
          "InvalidCiphertextException: "
        )
      }
      const whole = { ...request, SharedSecretCiphertextBlob: new Uint8Array(lengths[spec]) }
      for (const operation of ["Encapsulate", "Decapsulate"] as const) {
        assert.strictEqual(yield* failureOf(root, operation, { ...whole, DryRun: true }), dryRun)
        assert.strictEqual(
          yield* failureOf(root, operation, { ...whole, EncapsulationAlgorithm: "RSA" }),
          "ValidationException: 1 validation error detected: Value 'RSA' at 'encapsulationAlgorithm' failed to satisfy "
            + "constraint: Member must satisfy enum value set: [ML_KEM]"
        )
      }
    }))

  it.effect("open what others encapsulated for the public key, outside", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const { keyId: KeyId } = yield* makeKey(root, use)
      const { PublicKey = bytes("") } = yield* root.getPublicKey({ KeyId })
      const kem = kems[spec]
      const { cipherText, sharedSecret } = kem.encapsulate(PublicKey.slice(-(kem.lengths.publicKey ?? 0)))
      const { SharedSecret } = yield* root.decapsulate({
        KeyId,
        EncapsulationAlgorithm,
        SharedSecretCiphertextBlob: cipherText
      })
      assert.deepStrictEqual(SharedSecret, sharedSecret)
    }))

  it.effect("are the same in worlds of the same seed", () =>
    Effect.gen(function*() {
      const made = Effect.fnUntraced(function*(seed: string) {
        const { root } = yield* makeWorld({ seed })
        const { keyId: KeyId } = yield* makeKey(root, use)
        return yield* root.encapsulate({ KeyId, EncapsulationAlgorithm })
      })
      const first = yield* made("one")
      assert.deepStrictEqual(yield* made("one"), first)
      assert.notDeepEqual(yield* made("two"), first)
    }))
})

describe("a shared secret", () => {
  it.effect("is for keys of its own usage, though the spec could do both", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const KeyId = yield* createKey(root, { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" })
      const { PublicKey = bytes("") } = yield* root.getPublicKey({ KeyId })
      assert.match(
        yield* failureOf(root, "DeriveSharedSecret", { KeyId, KeyAgreementAlgorithm: "ECDH", PublicKey }),
        /^InvalidKeyUsageException: .* key usage is SIGN_VERIFY which is not valid for DeriveSharedSecret\.$/
      )
    }))
})
