/** AWS's words for what is wrong with a request, member by member. */
import { assert, describe, it } from "@effect/vitest"
import type { OperationName } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { failureOf } from "../support/Failure.ts"
import { bytes, makeWorld } from "../support/World.ts"

const key = "1234abcd-12ab-34cd-56ef-1234567890ab"
const atLeast = (least: number) => `Member must have length greater than or equal to ${least}`
const atMost = (most: number) => `Member must have length less than or equal to ${most}`
const valueAtLeast = (least: number) => `Member must have value greater than or equal to ${least}`
const valueAtMost = (most: number) => `Member must have value less than or equal to ${most}`
const notNull = "Member must not be null"
const long = (length: number) => "x".repeat(length)
const quoted = (text: string) => text.length > 256 ? `Value '${text.slice(0, 256)}…'` : `Value '${text}'`

/** What is missing where nothing is given. */
const required: { readonly [Name in OperationName]: ReadonlyArray<string> } = {
  CancelKeyDeletion: ["keyId"],
  ConnectCustomKeyStore: ["customKeyStoreId"],
  CreateAlias: ["aliasName", "targetKeyId"],
  CreateCustomKeyStore: ["customKeyStoreName"],
  CreateGrant: ["keyId", "operations"],
  CreateKey: [],
  Decapsulate: ["keyId", "encapsulationAlgorithm", "sharedSecretCiphertextBlob"],
  Decrypt: [],
  DeleteAlias: ["aliasName"],
  DeleteCustomKeyStore: ["customKeyStoreId"],
  DeleteImportedKeyMaterial: ["keyId"],
  DeriveSharedSecret: ["keyId", "keyAgreementAlgorithm", "publicKey"],
  DescribeCustomKeyStores: [],
  DescribeKey: ["keyId"],
  DisableKey: ["keyId"],
  DisconnectCustomKeyStore: ["customKeyStoreId"],
  DisableKeyRotation: ["keyId"],
  EnableKey: ["keyId"],
  EnableKeyRotation: ["keyId"],
  Encapsulate: ["keyId", "encapsulationAlgorithm"],
  Encrypt: ["keyId", "plaintext"],
  GenerateDataKey: ["keyId"],
  GenerateDataKeyPair: ["keyId", "keyPairSpec"],
  GenerateDataKeyPairWithoutPlaintext: ["keyId", "keyPairSpec"],
  GenerateDataKeyWithoutPlaintext: ["keyId"],
  GenerateMac: ["message", "keyId", "macAlgorithm"],
  GenerateRandom: [],
  GetKeyLastUsage: ["keyId"],
  GetKeyPolicy: ["keyId"],
  GetKeyRotationStatus: ["keyId"],
  GetParametersForImport: ["keyId", "wrappingAlgorithm", "wrappingKeySpec"],
  GetPublicKey: ["keyId"],
  ImportKeyMaterial: ["keyId", "importToken", "encryptedKeyMaterial"],
  ListAliases: [],
  ListGrants: ["keyId"],
  ListKeyPolicies: ["keyId"],
  ListKeyRotations: ["keyId"],
  ListKeys: [],
  ListResourceTags: ["keyId"],
  ListRetirableGrants: [],
  PutKeyPolicy: ["keyId", "policy"],
  ReEncrypt: ["destinationKeyId"],
  ReplicateKey: ["keyId", "replicaRegion"],
  RetireGrant: [],
  RevokeGrant: ["keyId", "grantId"],
  RotateKeyOnDemand: ["keyId"],
  ScheduleKeyDeletion: ["keyId"],
  Sign: ["keyId", "message", "signingAlgorithm"],
  TagResource: ["keyId", "tags"],
  UntagResource: ["keyId", "tagKeys"],
  UpdateAlias: ["aliasName", "targetKeyId"],
  UpdateCustomKeyStore: ["customKeyStoreId"],
  UpdateKeyDescription: ["keyId", "description"],
  UpdatePrimaryRegion: ["keyId", "primaryRegion"],
  Verify: ["keyId", "message", "signingAlgorithm", "signature"],
  VerifyMac: ["message", "keyId", "macAlgorithm", "mac"]
}

/** An operation, the members that are wrong, and what is said of them. */
type Case = readonly [operation: OperationName, input: object, ...failures: ReadonlyArray<string>]

const at = (value: string, member: string, constraint: string) =>
  `${value} at '${member}' failed to satisfy constraint: ${constraint}`

const encrypt = { KeyId: key, Plaintext: bytes("x") }
const algorithms =
  "Member must satisfy enum value set: [SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE]"
const aliasPattern = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
const limitOf = (most: number, operation: OperationName, more: object = { KeyId: key }): ReadonlyArray<Case> => [
  [operation, { ...more, Limit: 0 }, at("Value '0'", "limit", valueAtLeast(1))],
  [operation, { ...more, Limit: most + 1 }, at(`Value '${most + 1}'`, "limit", valueAtMost(most))],
  [operation, { ...more, Limit: 1.5 }, at("Value '1.5'", "limit", "Member must be a whole number")],
  [operation, { ...more, Limit: "1" }, at("Value '1'", "limit", "Member must be a number")],
  [operation, { ...more, Marker: "" }, at("Value ''", "marker", atLeast(1))],
  [operation, { ...more, Marker: long(1025) }, at(quoted(long(1025)), "marker", atMost(1024))],
  [
    operation,
    { ...more, Marker: "\n" },
    at("Value '\n'", "marker", "Member must satisfy regular expression pattern: ^[\\u0020-\\u00FF]*$")
  ]
]

const cases: ReadonlyArray<Case> = [
  ["DescribeKey", { KeyId: "" }, at("Value ''", "keyId", atLeast(1))],
  ["DescribeKey", { KeyId: long(2049) }, at(quoted(long(2049)), "keyId", atMost(2048))],
  ["DescribeKey", { KeyId: 1 }, at("Value '1'", "keyId", "Member must be a string")],
  ["DescribeKey", { KeyId: "\ud800" }, at("Value '\ud800'", "keyId", "Member must be well-formed Unicode")],
  ["DescribeKey", { KeyId: null }, at("Value null", "keyId", "Member must be a string")],
  ["DescribeKey", { KeyId: undefined }, at("Value null", "keyId", "Member must be a string")],
  [
    "DescribeKey",
    { KeyId: key, GrantTokens: Array.from({ length: 11 }, () => "t") },
    at("Value", "grantTokens", atMost(10))
  ],
  ["DescribeKey", { KeyId: key, GrantTokens: [""] }, at("Value ''", "grantTokens.1.member", atLeast(1))],
  ["DescribeKey", { KeyId: key, GrantTokens: "t" }, at("Value 't'", "grantTokens", "Member must be a list")],
  ["Encrypt", { ...encrypt, Plaintext: bytes("") }, at("Value", "plaintext", atLeast(1))],
  ["Encrypt", { ...encrypt, Plaintext: new Uint8Array(4097) }, at("Value", "plaintext", atMost(4096))],
  ["Encrypt", { ...encrypt, Plaintext: "x" }, at("Value", "plaintext", "Member must be a Uint8Array")],
  ["Encrypt", { ...encrypt, EncryptionAlgorithm: "AES" }, at("Value 'AES'", "encryptionAlgorithm", algorithms)],
  [
    "Encrypt",
    { ...encrypt, EncryptionContext: { a: 1 } },
    at("Value '1'", "encryptionContext.a", "Member must be a string")
  ],
  [
    "Encrypt",
    { ...encrypt, EncryptionContext: { b: "c", "\ud800": "a" } },
    at("Value 'a'", "encryptionContext.\ud800", "Member must be well-formed Unicode")
  ],
  [
    "Encrypt",
    { ...encrypt, EncryptionContext: { a: "\ud800" } },
    at("Value '\ud800'", "encryptionContext.a", "Member must be well-formed Unicode")
  ],
  [
    "Encrypt",
    { ...encrypt, EncryptionContext: "a" },
    at("Value 'a'", "encryptionContext", "Member must be a map of strings")
  ],
  ["Encrypt", { ...encrypt, DryRun: "yes" }, at("Value 'yes'", "dryRun", "Member must be a boolean")],
  [
    "Encrypt",
    { KeyId: "", Plaintext: bytes("") },
    at("Value ''", "keyId", atLeast(1)),
    at("Value", "plaintext", atLeast(1))
  ],
  ["Decrypt", { CiphertextBlob: bytes("") }, at("Value", "ciphertextBlob", atLeast(1))],
  ["Decrypt", { CiphertextBlob: new Uint8Array(6145) }, at("Value", "ciphertextBlob", atMost(6144))],
  ["Decrypt", {}, at("Value null", "ciphertextBlob", notNull)],
  ["ReEncrypt", { DestinationKeyId: key }, at("Value null", "ciphertextBlob", notNull)],
  [
    "Decrypt",
    { CiphertextBlob: bytes("x"), Recipient: { KeyEncryptionAlgorithm: "RSA" } },
    at("Value 'RSA'", "recipient.keyEncryptionAlgorithm", "Member must satisfy enum value set: [RSAES_OAEP_SHA_256]")
  ],
  ["GenerateDataKey", { KeyId: key, NumberOfBytes: 0 }, at("Value '0'", "numberOfBytes", valueAtLeast(1))],
  ["GenerateDataKey", { KeyId: key, NumberOfBytes: 1025 }, at("Value '1025'", "numberOfBytes", valueAtMost(1024))],
  [
    "GenerateDataKey",
    { KeyId: key, KeySpec: "AES_192" },
    at("Value 'AES_192'", "keySpec", "Member must satisfy enum value set: [AES_256, AES_128]")
  ],
  ["GenerateRandom", { NumberOfBytes: 1025 }, at("Value '1025'", "numberOfBytes", valueAtMost(1024))],
  [
    "GenerateRandom",
    { NumberOfBytes: 1.5 },
    at("Value '1.5'", "numberOfBytes", "Member must be a whole number")
  ],
  ["CreateKey", { Description: long(8193) }, at(quoted(long(8193)), "description", atMost(8192))],
  ["CreateKey", { Policy: "" }, at("Value ''", "policy", atLeast(1))],
  ["CreateKey", { Policy: long(131_073) }, at(quoted(long(131_073)), "policy", atMost(131_072))],
  [
    "CreateKey",
    { KeyUsage: "ALL" },
    at(
      "Value 'ALL'",
      "keyUsage",
      "Member must satisfy enum value set: [SIGN_VERIFY, ENCRYPT_DECRYPT, GENERATE_VERIFY_MAC, KEY_AGREEMENT, "
        + "ENCAPSULATE_DECAPSULATE]"
    )
  ],
  ["CreateKey", { Tags: [{ TagKey: "", TagValue: "" }] }, at("Value ''", "tags.1.member.tagKey", atLeast(1))],
  [
    "CreateKey",
    { Tags: [{ TagKey: "a", TagValue: "" }, { TagKey: long(129), TagValue: long(257) }] },
    at(quoted(long(129)), "tags.2.member.tagKey", atMost(128)),
    at(quoted(long(257)), "tags.2.member.tagValue", atMost(256))
  ],
  ["CreateKey", { Tags: [{ TagKey: "a" }] }, at("Value null", "tags.1.member.tagValue", notNull)],
  [
    "TagResource",
    { KeyId: key, Tags: [{ TagKey: long(129), TagValue: "" }] },
    at(quoted(long(129)), "tags.1.member.tagKey", atMost(128))
  ],
  ["UntagResource", { KeyId: key, TagKeys: ["a", ""] }, at("Value ''", "tagKeys.2.member", atLeast(1))],
  ["CreateAlias", { AliasName: "alias/ä", TargetKeyId: key }, at("Value 'alias/ä'", "aliasName", aliasPattern)],
  [
    "CreateAlias",
    { AliasName: "", TargetKeyId: key },
    at("Value ''", "aliasName", atLeast(1)),
    at("Value ''", "aliasName", aliasPattern)
  ],
  ["DeleteAlias", { AliasName: `alias/${long(251)}` }, at(`Value 'alias/${long(250)}…'`, "aliasName", atMost(256))],
  [
    "EnableKeyRotation",
    { KeyId: key, RotationPeriodInDays: 89 },
    at("Value '89'", "rotationPeriodInDays", valueAtLeast(90))
  ],
  [
    "EnableKeyRotation",
    { KeyId: key, RotationPeriodInDays: 2561 },
    at("Value '2561'", "rotationPeriodInDays", valueAtMost(2560))
  ],
  [
    "ScheduleKeyDeletion",
    { KeyId: key, PendingWindowInDays: 6 },
    at("Value '6'", "pendingWindowInDays", valueAtLeast(7))
  ],
  [
    "ScheduleKeyDeletion",
    { KeyId: key, PendingWindowInDays: 31 },
    at("Value '31'", "pendingWindowInDays", valueAtMost(30))
  ],
  [
    "PutKeyPolicy",
    { KeyId: key, Policy: "{}", PolicyName: long(129) },
    at(quoted(long(129)), "policyName", atMost(128))
  ],
  [
    "UpdateKeyDescription",
    { KeyId: key, Description: long(8193) },
    at(quoted(long(8193)), "description", atMost(8192))
  ],
  [
    "ListKeyRotations",
    { KeyId: key, IncludeKeyMaterial: "ALL" },
    at("Value 'ALL'", "includeKeyMaterial", "Member must satisfy enum value set: [ALL_KEY_MATERIAL, ROTATIONS_ONLY]")
  ],
  [
    "ReplicateKey",
    { KeyId: key, ReplicaRegion: "Mars" },
    at("Value 'Mars'", "replicaRegion", "Member must satisfy regular expression pattern: ^([a-z]+-){2,3}\\d+$")
  ],
  ...limitOf(1000, "ListKeys", {}),
  ...limitOf(100, "ListAliases", {}),
  ...limitOf(1000, "ListKeyPolicies"),
  ...limitOf(1000, "ListKeyRotations"),
  ...limitOf(50, "ListResourceTags")
]

describe("ValidationException", () => {
  it.effect("names what is missing", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      for (const [operation, members] of Object.entries(required)) {
        if (members.length === 0) continue
        const errors = members.length === 1 ? "1 validation error" : `${members.length} validation errors`
        assert.strictEqual(
          yield* failureOf(root, operation as OperationName, {}),
          `ValidationException: ${errors} detected: ${members.map((one) => at("Value null", one, notNull)).join("; ")}`
        )
      }
    }))

  for (const [index, [operation, input, ...failures]] of cases.entries()) {
    it.effect(`${operation} ${index}: ${failures.join("; ").replace(/'[^']{40,}'/g, "…").slice(0, 110)}`, () =>
      Effect.gen(function*() {
        const { root } = yield* makeWorld()
        const errors = failures.length === 1 ? "1 validation error" : `${failures.length} validation errors`
        assert.strictEqual(
          yield* failureOf(root, operation, input),
          `ValidationException: ${errors} detected: ${failures.join("; ")}`
        )
      }))
  }

  it.effect("counts all failures, and tells a hundred of them, with keys and values cut", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      const Tags = Array.from({ length: 1000 }, () => ({}))
      const message = yield* failureOf(root, "CreateKey", { Tags })
      assert.match(message, /^ValidationException: 2000 validation errors detected: /)
      assert.lengthOf(message.split("; "), 100)
      const [pair, constraint] = [{ [long(2000)]: 1 }, "Member must be a string"]
      assert.strictEqual(
        yield* failureOf(root, "Encrypt", { ...encrypt, EncryptionContext: pair }),
        `ValidationException: 1 validation error detected: ${
          at("Value '1'", `encryptionContext.${long(256)}…`, constraint)
        }`
      )
    }))

  it.effect("says of what is no request that it is none", () =>
    Effect.gen(function*() {
      const { root } = yield* makeWorld()
      for (const input of ["x", 1, true, null]) {
        assert.strictEqual(
          yield* failureOf(root, "ListKeys", input),
          "ValidationException: 1 validation error detected: Value at 'request' failed to satisfy constraint: Member must be an object"
        )
      }
    }))

  it.effect("comes before everything else, and members that are unknown do not matter", () =>
    Effect.gen(function*() {
      const { events, root } = yield* makeWorld()
      assert.match(yield* failureOf(root, "Encrypt", { ...encrypt, KeyId: "" }), /^ValidationException/)
      assert.match(yield* failureOf(root, "Encrypt", { ...encrypt, Anything: 1 }), /^NotFoundException/)
      assert.strictEqual(events()[0]?.requestParameters, null)
      assert.deepStrictEqual(events()[1]?.requestParameters, { keyId: key })
    }))
})
