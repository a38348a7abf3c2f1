/**
 * Every key spec, by every algorithm and wrapping key that goes with it: the material is wrapped by OpenSSL, and the key
 * does with it what OpenSSL does.
 *
 * Which goes with which: AWS KMS API, GetParametersForImport; kms-semantics 2.7.
 */
import { assert, describe, it } from "@effect/vitest"
import type { Client } from "@keystead/core/Client"
import { keySpecs } from "@keystead/core/domain/Specs"
import * as Effect from "effect/Effect"
import { constants, createHmac, publicEncrypt, verify } from "node:crypto"
import { failureOf } from "../support/Failure.ts"
import { type Algorithm, forEver, importMaterial, wrap, wrapped, type WrappingKeySpec } from "../support/Importing.ts"
import { bytes } from "../support/World.ts"
import { arnOf, externalKey, importWorld, type Outside, outside, publicKeyOf, random, stateOf } from "./Support.ts"

const specs = keySpecs.filter((name) => name !== "SM2")
const direct: ReadonlyArray<Algorithm> = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
const hybrid: ReadonlyArray<Algorithm> = ["RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"]
const wrappingKeys: ReadonlyArray<WrappingKeySpec> = ["RSA_2048", "RSA_3072", "RSA_4096"]

const goesWith = (keySpec: string, algorithm: Algorithm, wrappingKey: WrappingKeySpec): boolean => {
  if (hybrid.includes(algorithm)) return /^(RSA|ECC)_/.test(keySpec)
  if (keySpec === "ECC_NIST_P521") return wrappingKey !== "RSA_2048"
  return !keySpec.startsWith("RSA_")
}

const message = bytes("attack at dawn")

/** What OpenSSL makes of the same key: the same codes, signatures that it verifies, and ciphertexts of its own that open. */
const proofs: {
  readonly [Family: string]: (client: Client, KeyId: string, from: Outside) => Effect.Effect<void, unknown>
} = {
  SYMMETRIC: Effect.fnUntraced(function*(client, KeyId) {
    const { CiphertextBlob } = yield* client.encrypt({ KeyId, Plaintext: message })
    assert.deepStrictEqual((yield* client.decrypt({ CiphertextBlob })).Plaintext, message)
  }),
  HMAC: Effect.fnUntraced(function*(client, KeyId, { material }) {
    const { KeyMetadata } = yield* client.describeKey({ KeyId })
    const [MacAlgorithm = "HMAC_SHA_256"] = KeyMetadata?.MacAlgorithms ?? []
    const { Mac } = yield* client.generateMac({ KeyId, Message: message, MacAlgorithm })
    const expected = createHmac(`sha${MacAlgorithm.slice(-3)}`, material).update(message).digest()
    assert.deepStrictEqual(Mac, Uint8Array.from(expected))
  }),
  RSA: Effect.fnUntraced(function*(client, KeyId, { publicKey }) {
    const key = publicKeyOf(publicKey)
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    const CiphertextBlob = Uint8Array.from(publicEncrypt({ key, padding, oaepHash: "sha256" }, message))
    const opened = yield* client.decrypt({ KeyId, CiphertextBlob, EncryptionAlgorithm: "RSAES_OAEP_SHA_256" })
    assert.deepStrictEqual(opened.Plaintext, message)
  }),
  ECC: Effect.fnUntraced(function*(client, KeyId, { publicKey }) {
    const { KeyMetadata } = yield* client.describeKey({ KeyId })
    const [SigningAlgorithm = "ECDSA_SHA_256"] = KeyMetadata?.SigningAlgorithms ?? []
    const { Signature = new Uint8Array() } = yield* client.sign({ KeyId, Message: message, SigningAlgorithm })
    const hash = SigningAlgorithm.startsWith("ED") ? null : `sha${SigningAlgorithm.slice(-3)}`
    assert.isTrue(verify(hash, message, publicKeyOf(publicKey), Signature))
  }),
  ML: () => Effect.void
}

describe("key material", () => {
  for (const keySpec of specs) {
    it.effect(`of spec ${keySpec} comes in by every wrapping that goes with it, and by no other`, () =>
      Effect.gen(function*() {
        const { root } = yield* importWorld()
        const from = outside(keySpec)
        const KeyId = yield* externalKey(root, keySpec)
        for (const algorithm of [...direct, ...hybrid]) {
          for (const wrappingKey of wrappingKeys) {
            if (!goesWith(keySpec, algorithm, wrappingKey)) {
              assert.strictEqual(
                yield* failureOf(root, "GetParametersForImport", {
                  KeyId,
                  WrappingAlgorithm: algorithm,
                  WrappingKeySpec: wrappingKey
                }),
                `UnsupportedOperationException: ${algorithm} with a key of spec ${wrappingKey} cannot wrap key material of `
                  + `spec ${keySpec}.`
              )
              continue
            }
            const sent = yield* wrapped(root, KeyId, from.material, algorithm, wrappingKey)
            const done = yield* root.importKeyMaterial({ ...sent, ...forEver })
            assert.strictEqual(done.KeyId, arnOf(KeyId))
            assert.strictEqual(done.KeyMaterialId === undefined, keySpec !== "SYMMETRIC_DEFAULT")
            assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
            yield* proofs[keySpec.split("_")[0] ?? ""]?.(root, KeyId, from) ?? Effect.die(new Error(keySpec))
            if (from.publicKey !== undefined) {
              assert.deepStrictEqual((yield* root.getPublicKey({ KeyId })).PublicKey, from.publicKey)
            }
            yield* root.deleteImportedKeyMaterial({ KeyId })
            assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
          }
        }
      }))
  }

  it.effect("is not wrapped by what AWS has given up, nor by what only China has", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root)
      for (const WrappingAlgorithm of ["RSAES_PKCS1_V1_5", "SM2PKE"] as const) {
        assert.match(
          yield* failureOf(root, "GetParametersForImport", { KeyId, WrappingAlgorithm, WrappingKeySpec: "RSA_2048" }),
          new RegExp(
            `^UnsupportedOperationException: WrappingAlgorithm ${WrappingAlgorithm} is not supported: give one`
          )
        )
      }
      assert.match(
        yield* failureOf(root, "GetParametersForImport", {
          KeyId,
          WrappingAlgorithm: "RSAES_OAEP_SHA_256",
          WrappingKeySpec: "SM2"
        }),
        /^UnsupportedOperationException: WrappingKeySpec SM2 is not supported: give one of RSA_2048, RSA_3072, RSA_4096/
      )
    }))

  it.effect("is refused when any byte of its wrapping is changed, missing or too many", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      for (
        const [keySpec, algorithm] of [["SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_256"], [
          "ECC_NIST_P256",
          hybrid[1]
        ]] as const
      ) {
        const KeyId = yield* externalKey(root, keySpec)
        const sent = yield* wrapped(root, KeyId, outside(keySpec).material, algorithm)
        const whole = sent.EncryptedKeyMaterial
        const wrong = [
          ...Array.from(whole, (_, at) => whole.with(at, (whole[at] ?? 0) ^ 0x01)),
          whole.subarray(1),
          whole.subarray(0, -1),
          whole.subarray(0, 256),
          Uint8Array.of(...whole, 0),
          Uint8Array.of(1)
        ].filter((bytes) => bytes.length !== whole.length || !Buffer.from(bytes).equals(whole))
        for (const EncryptedKeyMaterial of wrong) {
          assert.strictEqual(
            yield* failureOf(root, "ImportKeyMaterial", { ...sent, ...forEver, EncryptedKeyMaterial }),
            "InvalidCiphertextException: "
          )
        }
        assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
        yield* root.importKeyMaterial({ ...sent, ...forEver })
      }
    }))

  it.effect("wrapped under an AES key that is not one of 256 bits is refused", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root, "ECC_NIST_P256")
      const { ImportToken = random(1), PublicKey = random(1) } = yield* root.getParametersForImport({
        KeyId,
        WrappingAlgorithm: "RSA_AES_KEY_WRAP_SHA_256",
        WrappingKeySpec: "RSA_2048"
      })
      for (const length of [16, 24]) {
        const EncryptedKeyMaterial = wrap(
          "RSA_AES_KEY_WRAP_SHA_256",
          PublicKey,
          outside("ECC_NIST_P256").material,
          length
        )
        assert.strictEqual(
          yield* failureOf(root, "ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...forEver }),
          "InvalidCiphertextException: "
        )
      }
    }))

  it.effect("wrapped by another algorithm than was asked for is refused", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root, "ECC_NIST_P256")
      const { material } = outside("ECC_NIST_P256")
      for (const asked of [...direct, ...hybrid]) {
        const { ImportToken = random(1), PublicKey = random(1) } = yield* root.getParametersForImport({
          KeyId,
          WrappingAlgorithm: asked,
          WrappingKeySpec: "RSA_2048"
        })
        for (const used of [...direct, ...hybrid]) {
          if (used === asked) continue
          const EncryptedKeyMaterial = wrap(used, PublicKey, material)
          assert.strictEqual(
            yield* failureOf(root, "ImportKeyMaterial", { KeyId, ImportToken, EncryptedKeyMaterial, ...forEver }),
            "InvalidCiphertextException: ",
            `${used} for ${asked}`
          )
        }
      }
    }))
})

describe("what comes out of the wrapping", () => {
  const specsWithForms = [
    "SYMMETRIC_DEFAULT",
    "HMAC_256",
    "RSA_2048",
    "ECC_NIST_P256",
    "ECC_NIST_EDWARDS25519",
    "ML_DSA_44"
  ] as const

  it.effect("must be a key of the spec", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      for (const keySpec of specsWithForms) {
        const KeyId = yield* externalKey(root, keySpec)
        const algorithm = keySpec.startsWith("RSA_") ? "RSA_AES_KEY_WRAP_SHA_256" : "RSAES_OAEP_SHA_256"
        const wrong = [
          random(31),
          random(33),
          random(16),
          random(65),
          outside("ECC_SECG_P256K1").material,
          outside(keySpec).material.subarray(0, -1)
        ]
        for (const material of wrong) {
          // An HMAC key may be longer than its hash, up to the block: 33 bytes and 64 are keys.
          if (keySpec === "HMAC_256" && material.length >= 32 && material.length <= 64) continue
          const sent = yield* wrapped(root, KeyId, material, algorithm, "RSA_4096")
          assert.strictEqual(
            yield* failureOf(root, "ImportKeyMaterial", { ...sent, ...forEver }),
            `IncorrectKeyMaterialException: The key material is none of a key of spec ${keySpec}.`
          )
        }
        assert.strictEqual(yield* stateOf(root, KeyId), "PendingImport")
      }
    }))

  it.effect("never changes for asymmetric and HMAC keys", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      for (const keySpec of ["HMAC_256", "ECC_NIST_P256"] as const) {
        const KeyId = yield* externalKey(root, keySpec)
        const [first, second] = [outside(keySpec), outside(keySpec)]
        const refusal =
          `IncorrectKeyMaterialException: The key material is not one that was imported into ${arnOf(KeyId)} `
          + "before, or not the one that was named."
        yield* importMaterial(root, KeyId, first.material)
        const other = Effect.flatMap(
          wrapped(root, KeyId, second.material),
          (sent) => failureOf(root, "ImportKeyMaterial", { ...sent, ...forEver })
        )
        assert.strictEqual(yield* other, refusal)
        yield* root.deleteImportedKeyMaterial({ KeyId })
        assert.strictEqual(yield* other, refusal)
        yield* importMaterial(root, KeyId, first.material)
        assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
        yield* importMaterial(root, KeyId, first.material)
      }
    }))

  it.effect("is the same key in whatever form it was written", () =>
    Effect.gen(function*() {
      const { root } = yield* importWorld()
      const KeyId = yield* externalKey(root, "ECC_NIST_P256")
      const { material } = outside("ECC_NIST_P256")
      yield* importMaterial(root, KeyId, material)
      // RFC 5915 without the public key: PKCS#8 of 67 bytes, as some programs write it.
      const d = material.subarray(36, 68)
      const short = Uint8Array.of(
        ...Buffer.from("3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420", "hex"),
        ...d
      )
      yield* importMaterial(root, KeyId, short)
      assert.strictEqual(yield* stateOf(root, KeyId), "Enabled")
    }))
})
