import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { failureOf } from "../support/Failure.ts"
import { account, bytes, createKey, makeWorld, region, root as owner, user } from "../support/World.ts"

const arnOf = (keyId: string) => `arn:aws:kms:${region}:${account}:key/${keyId}`
const recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: bytes("x") }
const noRecipient = "UnsupportedOperationException: Recipient is not supported: call without it."
const incompatible = (algorithm: string) =>
  `InvalidKeyUsageException: Algorithm ${algorithm} is incompatible with key spec SYMMETRIC_DEFAULT.`
const noGrant = "InvalidGrantTokenException: The grant token names no grant that is in force."
const incorrectKey =
  "IncorrectKeyException: The key ID in the request does not identify a CMK that can perform this operation."

const prepared = Effect.gen(function*() {
  const world = yield* makeWorld()
  const keyId = yield* createKey(world.root)
  const { KeyMetadata } = yield* world.root.describeKey({ KeyId: keyId })
  const { CiphertextBlob = bytes("") } = yield* world.root.encrypt({ KeyId: keyId, Plaintext: bytes("secret") })
  return { root: world.root, world, keyId, materialId: KeyMetadata?.CurrentKeyMaterialId, CiphertextBlob }
})

describe("Encrypt and Decrypt", () => {
  it.effect("answer the key's ARN, the algorithm, and on decryption the material", () =>
    Effect.gen(function*() {
      const { keyId, materialId, root } = yield* prepared
      for (const more of [{}, { EncryptionAlgorithm: "SYMMETRIC_DEFAULT" as const }]) {
        const { CiphertextBlob, ...sealed } = yield* root.encrypt({ KeyId: keyId, Plaintext: bytes("x"), ...more })
        assert.deepStrictEqual(sealed, { KeyId: arnOf(keyId), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" })
        for (const named of [{}, { KeyId: keyId }, { KeyId: arnOf(keyId) }]) {
          assert.deepStrictEqual(yield* root.decrypt({ CiphertextBlob, ...named, ...more }), {
            KeyId: arnOf(keyId),
            Plaintext: bytes("x"),
            EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
            KeyMaterialId: materialId
          })
        }
      }
    }))

  it.effect("take plaintexts of 1 to 4,096 bytes", () =>
    Effect.gen(function*() {
      const { keyId, root } = yield* prepared
      for (const length of [1, 4095, 4096]) {
        const Plaintext = new Uint8Array(length).fill(7)
        const { CiphertextBlob } = yield* root.encrypt({ KeyId: keyId, Plaintext })
        assert.deepStrictEqual((yield* root.decrypt({ CiphertextBlob })).Plaintext, Plaintext)
      }
    }))

  it.effect("refuse algorithms of other keys, enclaves, grant tokens, and ciphertexts of other keys", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, keyId, root } = yield* prepared
      const other = yield* createKey(root)
      for (const algorithm of ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE"]) {
        const more = { EncryptionAlgorithm: algorithm }
        assert.strictEqual(
          yield* failureOf(root, "Encrypt", { KeyId: keyId, Plaintext: bytes("x"), ...more }),
          incompatible(algorithm)
        )
        assert.strictEqual(yield* failureOf(root, "Decrypt", { CiphertextBlob, ...more }), incompatible(algorithm))
      }
      assert.strictEqual(yield* failureOf(root, "Decrypt", { CiphertextBlob, Recipient: recipient }), noRecipient)
      assert.strictEqual(yield* failureOf(root, "Decrypt", { CiphertextBlob, KeyId: other }), incorrectKey)
      yield* root.decrypt({ CiphertextBlob, GrantTokens: [] })
      for (const operation of ["Encrypt", "Decrypt", "DescribeKey"] as const) {
        const input = { KeyId: keyId, Plaintext: bytes("x"), CiphertextBlob, GrantTokens: ["token"] }
        assert.strictEqual(yield* failureOf(root, operation, input), noGrant)
      }
    }))

  it.effect("show the errors of permission, state, usage and ciphertext in this order", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, keyId, root, world } = yield* prepared
      const garbage = Uint8Array.of(...CiphertextBlob.subarray(0, -1), 0)
      const wrong = { CiphertextBlob: garbage, KeyId: keyId, EncryptionAlgorithm: "SM2PKE" }
      yield* root.disableKey({ KeyId: keyId })
      assert.match(yield* failureOf(world.as(user("eve")), "Decrypt", wrong), /^AccessDeniedException/)
      assert.match(yield* failureOf(root, "Decrypt", wrong), /^DisabledException/)
      yield* root.enableKey({ KeyId: keyId })
      assert.match(yield* failureOf(root, "Decrypt", wrong), /^InvalidKeyUsageException/)
      assert.strictEqual(
        yield* failureOf(root, "Decrypt", { CiphertextBlob: garbage, KeyId: keyId, DryRun: true }),
        "InvalidCiphertextException: "
      )
    }))
})

describe("ReEncrypt", () => {
  it.effect("moves to another key and context, and answers both keys and materials", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, keyId, materialId, root } = yield* prepared
      const other = yield* createKey(root)
      yield* root.rotateKeyOnDemand({ KeyId: other })
      const described = yield* root.describeKey({ KeyId: other })
      for (const named of [{}, { SourceKeyId: keyId }]) {
        const { CiphertextBlob: moved, ...reply } = yield* root.reEncrypt({
          CiphertextBlob,
          DestinationKeyId: other,
          DestinationEncryptionContext: { a: "b" },
          ...named
        })
        assert.deepStrictEqual(reply, {
          SourceKeyId: arnOf(keyId),
          KeyId: arnOf(other),
          SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          SourceKeyMaterialId: materialId,
          DestinationKeyMaterialId: described.KeyMetadata?.CurrentKeyMaterialId
        })
        const opened = yield* root.decrypt({ CiphertextBlob: moved, EncryptionContext: { a: "b" } })
        assert.deepStrictEqual(opened.Plaintext, bytes("secret"))
        assert.strictEqual(opened.KeyId, arnOf(other))
      }
    }))

  it.effect("refuses what either side refuses", () =>
    Effect.gen(function*() {
      const { CiphertextBlob, keyId, root } = yield* prepared
      const other = yield* createKey(root)
      const input = { CiphertextBlob, DestinationKeyId: other }
      assert.strictEqual(yield* failureOf(root, "ReEncrypt", { ...input, SourceKeyId: other }), incorrectKey)
      assert.strictEqual(
        yield* failureOf(root, "ReEncrypt", { ...input, SourceEncryptionContext: { a: "b" } }),
        "InvalidCiphertextException: "
      )
      for (const side of ["Source", "Destination"]) {
        assert.strictEqual(
          yield* failureOf(root, "ReEncrypt", { ...input, [`${side}EncryptionAlgorithm`]: "SM2PKE" }),
          incompatible("SM2PKE")
        )
        assert.match(
          yield* failureOf(root, "ReEncrypt", { ...input, [`${side}EncryptionContext`]: { a: "x".repeat(9000) } }),
          /^ValidationException: .* serialized length/
        )
      }
      assert.strictEqual(
        yield* failureOf(root, "ReEncrypt", { ...input, DestinationKeyId: "alias/none" }),
        `NotFoundException: Alias arn:aws:kms:${region}:${account}:alias/none is not found.`
      )
      assert.strictEqual(
        yield* failureOf(root, "ReEncrypt", { ...input, CiphertextBlob: bytes("x") }),
        "InvalidCiphertextException: "
      )
      assert.strictEqual(
        yield* failureOf(root, "ReEncrypt", { ...input, CiphertextBlob: bytes("x"), SourceKeyId: keyId }),
        "InvalidCiphertextException: "
      )
    }))

  it.effect("asks ReEncryptFrom of the one key and ReEncryptTo of the other", () =>
    Effect.gen(function*() {
      const { world } = yield* prepared
      const only = (actions: string) =>
        JSON.stringify({
          Statement: [
            { Effect: "Allow", Principal: { AWS: owner }, Action: "kms:*", Resource: "*" },
            { Effect: "Allow", Principal: { AWS: user("bob") }, Action: actions, Resource: "*" }
          ]
        })
      const from = yield* createKey(world.root, { Policy: only("kms:ReEncryptFrom") })
      const to = yield* createKey(world.root, { Policy: only("kms:ReEncryptTo") })
      const { CiphertextBlob } = yield* world.root.encrypt({ KeyId: from, Plaintext: bytes("x") })
      const bob = world.as(user("bob"))
      yield* bob.reEncrypt({ CiphertextBlob, SourceKeyId: from, DestinationKeyId: to })
      assert.strictEqual(
        yield* failureOf(bob, "ReEncrypt", { CiphertextBlob, SourceKeyId: from, DestinationKeyId: from }),
        `AccessDeniedException: User: ${user("bob")} is not authorized to perform: kms:ReEncryptTo on resource: ${
          arnOf(from)
        }`
      )
      const { CiphertextBlob: other } = yield* world.root.encrypt({ KeyId: to, Plaintext: bytes("x") })
      assert.strictEqual(
        yield* failureOf(bob, "ReEncrypt", { CiphertextBlob: other, SourceKeyId: to, DestinationKeyId: to }),
        `AccessDeniedException: User: ${user("bob")} is not authorized to perform: kms:ReEncryptFrom on resource: ${
          arnOf(to)
        }`
      )
    }))
})

describe("data keys", () => {
  it.effect("have the length that was asked for, and are what their ciphertext opens to", () =>
    Effect.gen(function*() {
      const { keyId, materialId, root } = yield* prepared
      const sizes = [
        [{ KeySpec: "AES_256" }, 32],
        [{ KeySpec: "AES_128" }, 16],
        [{ NumberOfBytes: 1 }, 1],
        [{ NumberOfBytes: 64 }, 64],
        [{ NumberOfBytes: 1024 }, 1024]
      ] as const
      const EncryptionContext = { a: "b" }
      for (const [size, length] of sizes) {
        const { CiphertextBlob, Plaintext, ...reply } = yield* root.generateDataKey({
          KeyId: keyId,
          ...size,
          EncryptionContext
        })
        assert.deepStrictEqual(reply, { KeyId: arnOf(keyId), KeyMaterialId: materialId })
        assert.strictEqual(Plaintext?.length, length)
        assert.deepStrictEqual((yield* root.decrypt({ CiphertextBlob, EncryptionContext })).Plaintext, Plaintext)
        const hidden = yield* root.generateDataKeyWithoutPlaintext({ KeyId: keyId, ...size, EncryptionContext })
        assert.notProperty(hidden, "Plaintext")
        assert.deepInclude(hidden, { KeyId: arnOf(keyId), KeyMaterialId: materialId })
        const opened = yield* root.decrypt({ CiphertextBlob: hidden.CiphertextBlob, EncryptionContext })
        assert.strictEqual(opened.Plaintext?.length, length)
        assert.isTrue(opened.Plaintext?.some((byte) => byte !== 0) === true || length === 1)
      }
    }))

  it.effect("need one size, given one way", () =>
    Effect.gen(function*() {
      const { keyId, root } = yield* prepared
      for (const operation of ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"] as const) {
        for (const size of [{}, { KeySpec: "AES_256", NumberOfBytes: 32 }]) {
          assert.strictEqual(
            yield* failureOf(root, operation, { KeyId: keyId, ...size }),
            "ValidationException: Please specify either number of bytes or key spec."
          )
        }
        assert.match(
          yield* failureOf(root, operation, {
            KeyId: keyId,
            KeySpec: "AES_256",
            EncryptionContext: { a: "x".repeat(9000) }
          }),
          /^ValidationException: .* serialized length/
        )
      }
      assert.strictEqual(
        yield* failureOf(root, "GenerateDataKey", { KeyId: keyId, KeySpec: "AES_256", Recipient: recipient }),
        noRecipient
      )
    }))

  it.effect("are asked for by their own actions", () =>
    Effect.gen(function*() {
      const { world } = yield* prepared
      const keyId = yield* createKey(world.root, {
        Policy: JSON.stringify({
          Statement: [
            { Effect: "Allow", Principal: { AWS: owner }, Action: "kms:*", Resource: "*" },
            { Effect: "Allow", Principal: { AWS: user("bob") }, Action: "kms:GenerateDataKey", Resource: "*" }
          ]
        })
      })
      const bob = world.as(user("bob"))
      yield* bob.generateDataKey({ KeyId: keyId, KeySpec: "AES_256" })
      assert.strictEqual(
        yield* failureOf(bob, "GenerateDataKeyWithoutPlaintext", { KeyId: keyId, KeySpec: "AES_256" }),
        `AccessDeniedException: User: ${user("bob")} is not authorized to perform: `
          + `kms:GenerateDataKeyWithoutPlaintext on resource: ${arnOf(keyId)}`
      )
    }))
})

describe("GenerateRandom", () => {
  it.effect("gives as many bytes as were asked for", () =>
    Effect.gen(function*() {
      const { root } = yield* prepared
      const seen = new Set<string>()
      for (const NumberOfBytes of [1, 16, 16, 1024]) {
        const { Plaintext } = yield* root.generateRandom({ NumberOfBytes })
        assert.strictEqual(Plaintext?.length, NumberOfBytes)
        seen.add(String(Plaintext))
      }
      assert.strictEqual(seen.size, 4)
      assert.strictEqual(
        yield* failureOf(root, "GenerateRandom", {}),
        "ValidationException: NumberOfBytes is required."
      )
      assert.strictEqual(
        yield* failureOf(root, "GenerateRandom", { NumberOfBytes: 1, Recipient: recipient }),
        noRecipient
      )
      assert.strictEqual(
        yield* failureOf(root, "GenerateRandom", { NumberOfBytes: 1, CustomKeyStoreId: "x" }),
        "UnsupportedOperationException: Only CloudHSM key stores have random bytes: call without CustomKeyStoreId."
      )
    }))
})

describe("conditions", () => {
  it.effect("know the key, the caller, the time and the request, with what counts as given", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld()
      const attempt = Effect.fnUntraced(function*(Condition: object, more: object = {}) {
        const KeyId = yield* createKey(world.root, {
          Tags: [{ TagKey: "Stage", TagValue: "test" }],
          Policy: JSON.stringify({
            Statement: [
              { Effect: "Allow", Principal: { AWS: owner }, Action: "kms:*", Resource: "*" },
              { Effect: "Allow", Principal: { AWS: user("bob") }, Action: "kms:Encrypt", Resource: "*", Condition }
            ]
          })
        })
        const bob = world.as({
          principal: user("bob"),
          tags: { team: "pay" },
          viaService: `s3.${region}.amazonaws.com`
        })
        const result = yield* Effect.result(bob.encrypt({ KeyId, Plaintext: bytes("x"), ...more }))
        return result._tag === "Success"
      })
      const equals = (key: string, value: string) => ({ StringEquals: { [key]: value } })
      const values = {
        "kms:KeySpec": "SYMMETRIC_DEFAULT",
        "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "kms:KeyUsage": "ENCRYPT_DECRYPT",
        "kms:CustomerMasterKeyUsage": "ENCRYPT_DECRYPT",
        "kms:KeyOrigin": "AWS_KMS",
        "kms:MultiRegion": "false",
        "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "kms:CallerAccount": account,
        "kms:ViaService": `s3.${region}.amazonaws.com`,
        "aws:ResourceTag/stage": "test",
        "aws:PrincipalTag/team": "pay",
        "aws:CurrentTime": "1970-01-01T00:00:00.000Z",
        "aws:EpochTime": "0"
      }
      for (const [key, value] of Object.entries(values)) {
        assert.isTrue(yield* attempt(equals(key, value)), key)
        assert.isFalse(yield* attempt(equals(key, `${value}x`)), key)
      }
      const context = { EncryptionContext: { a: "b" } }
      assert.isTrue(yield* attempt(equals("kms:EncryptionContext:a", "b"), context))
      assert.isFalse(yield* attempt(equals("kms:EncryptionContext:a", "b")))
      const keys = { "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["a"] } }
      assert.isTrue(yield* attempt(keys, context))
      assert.isFalse(yield* attempt(keys, { EncryptionContext: { a: "b", c: "d" } }))
      for (const absent of ["kms:RequestAlias", "kms:ResourceAliases", "kms:EncryptionContextKeys", "kms:Unknown"]) {
        assert.isTrue(yield* attempt({ Null: { [absent]: "true" } }), absent)
      }
      assert.isFalse(yield* attempt({ Null: { "kms:EncryptionContextKeys": "true" } }, context))
    }))

  it.effect("of aliases are not known for a key that has more than its quota", () =>
    Effect.gen(function*() {
      const generous = yield* makeWorld()
      const KeyId = yield* createKey(generous.root, {
        Policy: JSON.stringify({
          Statement: [
            { Effect: "Allow", Principal: { AWS: owner }, Action: "kms:*", Resource: "*" },
            {
              Effect: "Allow",
              Principal: { AWS: user("bob") },
              Action: "kms:Encrypt",
              Resource: "*",
              Condition: { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/a" } }
            }
          ]
        })
      })
      yield* generous.root.createAlias({ AliasName: "alias/a", TargetKeyId: KeyId })
      yield* generous.root.createAlias({ AliasName: "alias/b", TargetKeyId: KeyId })
      const strict = yield* makeWorld({ store: generous.store, limits: { aliasesPerKey: 1 } })
      const input = { KeyId, Plaintext: bytes("x") }
      yield* generous.as(user("bob")).encrypt(input)
      assert.match(yield* failureOf(strict.as(user("bob")), "Encrypt", input), /^AccessDeniedException/)
    }))
})
