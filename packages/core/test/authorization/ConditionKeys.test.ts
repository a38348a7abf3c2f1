/**
 * Every condition key of AWS KMS, and the operations that bring it. An operation that is not in the registry yet is waited
 * for: when it comes without its condition keys, a test here fails.
 *
 * Source: AWS KMS Developer Guide, "AWS KMS condition keys"; kms-semantics 2.8.
 */
import { assert, describe, it } from "@effect/vitest"
import { valueOf } from "@keystead/core/authorization/RequestContext"
import * as Principal from "@keystead/core/domain/Principal"
import { operations } from "@keystead/core/operations/Registry"
import { conditionKeysOf, isOfKey, sampleRecords } from "../../../../scripts/docs/ConditionKeys.ts"
import { bob } from "./Support.ts"

const dataKeyPairs = ["GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"]
const withContext = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  ...dataKeyPairs,
  "ReEncrypt"
]

/** To replicate a key is to create one in another Region. */
const creating = ["CreateKey", "ReplicateKey"]

/** What requests bring, by the operations that do. */
const ofRequests: Readonly<Record<string, ReadonlyArray<string>>> = {
  "aws:RequestTag/…": ["CreateKey", "ReplicateKey", "TagResource"],
  "aws:TagKeys": ["CreateKey", "ReplicateKey", "TagResource", "UntagResource"],
  "kms:BypassPolicyLockoutSafetyCheck": ["CreateKey", "PutKeyPolicy"],
  "kms:CustomerMasterKeySpec": creating,
  "kms:CustomerMasterKeyUsage": creating,
  "kms:DataKeyPairSpec": dataKeyPairs,
  "kms:EncryptionAlgorithm": withContext,
  "kms:EncryptionContext:…": withContext,
  "kms:EncryptionContextKeys": withContext,
  "kms:ExpirationModel": ["ImportKeyMaterial"],
  "kms:GrantConstraintType": ["CreateGrant"],
  "kms:GrantIsForAWSResource": ["CreateGrant", "ListGrants", "RevokeGrant"],
  "kms:GrantOperations": ["CreateGrant"],
  "kms:GranteePrincipal": ["CreateGrant"],
  "kms:KeyAgreementAlgorithm": ["DeriveSharedSecret"],
  "kms:KeyOrigin": creating,
  "kms:KeySpec": creating,
  "kms:KeyUsage": creating,
  "kms:MacAlgorithm": ["GenerateMac", "VerifyMac"],
  "kms:MessageType": ["Sign", "Verify"],
  "kms:MultiRegion": creating,
  "kms:PrimaryRegion": ["UpdatePrimaryRegion"],
  "kms:ReEncryptOnSameKey": ["ReEncrypt"],
  "kms:ReplicaRegion": ["ReplicateKey"],
  "kms:RetiringPrincipal": ["CreateGrant"],
  "kms:RotationPeriodInDays": ["EnableKeyRotation"],
  "kms:ScheduleKeyDeletionPendingWindowInDays": ["ScheduleKeyDeletion"],
  "kms:SigningAlgorithm": ["Sign", "Verify"],
  "kms:ValidTo": ["ImportKeyMaterial"],
  "kms:WrappingAlgorithm": ["GetParametersForImport"],
  "kms:WrappingKeySpec": ["GetParametersForImport"]
}

/** What a KMS key tells of itself, and since which operation there are such keys. */
const ofKeys: Readonly<Record<string, string>> = {
  "aws:ResourceTag/…": "CreateKey",
  "kms:CustomerMasterKeySpec": "CreateKey",
  "kms:CustomerMasterKeyUsage": "CreateKey",
  "kms:KeyOrigin": "CreateKey",
  "kms:KeySpec": "CreateKey",
  "kms:KeyUsage": "CreateKey",
  "kms:MultiRegion": "CreateKey",
  "kms:MultiRegionKeyType": "ReplicateKey",
  "kms:RequestAlias": "CreateAlias",
  "kms:ResourceAliases": "CreateAlias"
}

/** What is told of callers. */
const ofCallers = ["kms:CallerAccount", "kms:ViaService"]

/** They come out of a verified attestation document, which no sample request has: the tests of enclaves see to them. */
const ofEnclaves = /^kms:RecipientAttestation:/

const names: ReadonlyArray<string> = operations.map(({ name }) => name)
const isThere = (name: string): boolean => names.includes(name)

describe("condition keys", () => {
  it.each(Object.entries(ofRequests))("%s is brought by every operation that there is of %j", (key, needed) => {
    const bringing = operations.filter((operation) => conditionKeysOf(operation).has(key)).map(({ name }) => name)
    assert.deepStrictEqual(bringing, needed.filter(isThere).toSorted())
  })

  it("of requests are all known to AWS", () => {
    const brought = new Set(operations.flatMap((operation) => [...conditionKeysOf(operation)]))
    const unknown = [...brought].filter((key) => !Object.hasOwn(ofRequests, key) && !ofEnclaves.test(key))
    assert.deepStrictEqual(unknown, [])
  })

  it.each(Object.entries(ofKeys))("%s is told by every KMS key, once there is %s", (key, since) => {
    assert.strictEqual(isOfKey(key), isThere(since))
  })

  it.each(ofCallers)("%s is told of every caller", (key) => {
    const principal = Principal.parse(bob)
    assert(principal !== undefined)
    const context = { principal, tags: undefined, viaService: "s3.eu-west-1.amazonaws.com", value: () => undefined }
    assert.isDefined(valueOf(context, key.toLowerCase()))
  })

  it.each([
    ["CreateKey", {
      "kms:BypassPolicyLockoutSafetyCheck": "false",
      "kms:CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
      "kms:CustomerMasterKeyUsage": "ENCRYPT_DECRYPT",
      "kms:KeyOrigin": "AWS_KMS",
      "kms:KeySpec": "SYMMETRIC_DEFAULT",
      "kms:KeyUsage": "ENCRYPT_DECRYPT",
      "kms:MultiRegion": "false"
    }],
    ["PutKeyPolicy", { "kms:BypassPolicyLockoutSafetyCheck": "false" }],
    ["EnableKeyRotation", { "kms:RotationPeriodInDays": "365" }],
    ["ScheduleKeyDeletion", { "kms:ScheduleKeyDeletionPendingWindowInDays": "30" }],
    ["Encrypt", { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }],
    ["Decrypt", { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }],
    ["GenerateDataKey", { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }],
    ["GenerateDataKeyPair", { "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }],
    ["Sign", { "kms:MessageType": "RAW" }],
    ["Verify", { "kms:MessageType": "RAW" }]
  ])("of %s see its defaults where the request says nothing", (name, defaults) => {
    const operation = operations.find((one) => one.name === name)
    const [action = ""] = operation?.actions ?? []
    const brought = operation?.conditions?.({}, sampleRecords, { action, resource: "*" }) ?? {}
    const present = Object.entries(brought).filter(([, value]) => value !== undefined)
    assert.deepStrictEqual<unknown>(Object.fromEntries(present), defaults)
  })
})
