/**
 * What members of requests are given in a trace, by their names: where the schema alone would not lead far. What has no hint
 * is made after its schema (`Plain.ts`).
 */
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import type { KeyKind } from "@keystead/core/crypto/KeyKind"
import type { Operation } from "@keystead/core/operations/Operation"
import { groups } from "@keystead/core/operations/Registry"
import * as Utf8 from "@keystead/core/Utf8"
import { accounts, principals } from "./Callers.ts"
import type { Dice } from "./Dice.ts"
import { type Exchange, type KnownKey, membersIn, type World } from "./World.ts"

/** What a member is made for. */
export interface Asking {
  readonly world: World
  readonly dice: Dice
  readonly operation: Operation
  /** The key that the request is about. */
  readonly key: KnownKey | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What stands behind the key specs in pure JavaScript: there are no others in a trace. */
export const kinds: ReadonlyArray<KeyKind> = groups.flatMap((group): ReadonlyArray<KeyKind> => group.kinds)

const specs = kinds.map(({ keySpec }) => keySpec)

const day = 86_400_000

/** The names of aliases where the key is. */
const aliasesAt = ({ aliases }: World, { account, region }: KnownKey): ReadonlyArray<string> =>
  aliases.filter(({ key }) => key.account === account && key.region === region).map(({ name }) => name)

/** Names a key: most often by its ARN or id, or by an alias of any key. */
const named = ({ dice, world }: Asking, key: KnownKey | undefined): unknown => {
  if (key === undefined || dice.often(3)) return dice.pick(["alias/none", "alias/aws/s3", "no-such-key"])
  if (dice.often(8)) {
    const alias = dice.maybe(aliasesAt(world, key)) ?? "alias/none"
    return dice.often(50) ? alias : `arn:aws:kms:${key.region}:${key.account}:${alias}`
  }
  return dice.often(60) ? key.arn : key.id
}

const ofKey = (asking: Asking) => named(asking, asking.key)
/** Another key of the same place, more often than not one for the same. */
const ofOtherKey = (asking: Asking) => {
  const { dice, key, world } = asking
  const near = world.keys.filter(({ account, region }) => account === key?.account && region === key.region)
  const alike = near.filter(({ metadata }) => metadata["KeyUsage"] === key?.metadata["KeyUsage"])
  return named(asking, dice.maybe(dice.often(80) ? alike : near) ?? key)
}

/** The last exchange, or an earlier one, whose reply had the member. */
export const heldOf = ({ dice, world }: Asking, members: ReadonlyArray<string>): Exchange | undefined =>
  dice.maybe(members.flatMap((member) => world.held.get(member) ?? []))

const held = (member: string) => (asking: Asking): unknown => heldOf(asking, [member])?.reply[member]

/** A public key, more often than not of the key's own spec. */
const publicKey = ({ dice, key, world }: Asking): unknown => {
  const all = world.held.get("PublicKey") ?? []
  const fitting = all.filter(({ reply }) => (reply["KeySpec"] ?? reply["KeyPairSpec"]) === key?.metadata["KeySpec"])
  return dice.maybe(dice.often(85) ? fitting : all)?.reply["PublicKey"] ?? dice.bytes(91)
}

/** One of what the key's metadata lists. */
const listed = (list: string) => ({ dice, key }: Asking): unknown => {
  const names = key?.metadata[list]
  return Array.isArray(names) ? dice.maybe<unknown>(names) : undefined
}

const contexts = [undefined, {}, { purpose: "trace" }, { purpose: "other", "zürich 🚋": "ä" }, {
  b: "2",
  a: "1",
  "ａ": ""
}]
const context = ({ dice }: Asking) => dice.maybe(contexts)

const words = ["", "a", "trace", "a longer text: zürich, 🚋", "x".repeat(200)] as const

const allow = { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }
const policies = [
  JSON.stringify({ Version: "2012-10-17", Statement: [allow] }),
  JSON.stringify({ Version: "2012-10-17", Statement: [allow, { ...allow, Effect: "Deny", Action: "kms:Encrypt" }] }),
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [allow, { ...allow, Effect: "Deny", Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } } }]
  }),
  ...accounts.map((account) => keyPolicy({ account, administrators: [...principals], users: [...principals] })),
  JSON.stringify({ Statement: [{ ...allow, Action: "s3:*" }] }),
  JSON.stringify({ Statement: [{ ...allow, Condition: { Unknown: { "kms:CallerAccount": "1" } } }] }),
  "{ no policy",
  "[]"
] as const
const policy = ({ dice }: Asking) => policies[dice.often(75) ? dice.below(3) : dice.below(policies.length)]

const tag = (dice: Dice) => ({
  TagKey: dice.pick(["team", "stage", "a", "b", "c", "d", "aws:no"]),
  TagValue: dice.pick(["blue", "", "1"])
})

const aliasName = ({ dice }: Asking) =>
  `alias/${dice.pick(["a", "b", "c", "d", "e", "f", "team/g", "team/h", "aws/s3", "Ä"])}`

const several = (dice: Dice, most: number) => Array.from({ length: dice.below(most + 1) })

/** What grants can permit, by what the key is for. */
const granted: Readonly<Record<string, ReadonlyArray<string>>> = {
  ENCRYPT_DECRYPT: [
    "Encrypt",
    "Decrypt",
    "GenerateDataKey",
    "ReEncryptFrom",
    "ReEncryptTo",
    "CreateGrant",
    "RetireGrant"
  ],
  SIGN_VERIFY: ["Sign", "Verify", "GetPublicKey", "RetireGrant"],
  GENERATE_VERIFY_MAC: ["GenerateMac", "VerifyMac", "CreateGrant"],
  KEY_AGREEMENT: ["DeriveSharedSecret", "GetPublicKey"],
  ENCAPSULATE_DECAPSULATE: ["Encapsulate", "Decapsulate", "GetPublicKey"]
}

/** Fits what the key is for more often than not. */
const grantedOperations = ({ dice, key }: Asking) => {
  const usage = dice.often(90) ? String(key?.metadata["KeyUsage"]) : "ENCRYPT_DECRYPT"
  return ["DescribeKey", ...several(dice, 3).map(() => dice.maybe(granted[usage] ?? []) ?? "Encrypt")]
}

const constraints = ({ dice }: Asking) =>
  dice.pick<object>([
    { EncryptionContextSubset: { purpose: "trace" } },
    { EncryptionContextEquals: { purpose: "trace" } },
    { SourceArn: "arn:aws:s3:::bucket" },
    {}
  ])

/** Most often where there is a replica. */
const primaryRegion = ({ dice, key }: Asking) => {
  const { ReplicaKeys } = membersIn(key?.metadata["MultiRegionConfiguration"])
  const replica = Array.isArray(ReplicaKeys) ? membersIn(dice.maybe<unknown>(ReplicaKeys)) : {}
  return (dice.often(85) ? replica["Region"] : undefined) ?? dice.pick(["us-east-1", "ap-south-1", "eu-west-1"])
}

/** Messages are of a length that could be a digest's, too. */
const message = ({ dice }: Asking) => dice.bytes(dice.pick([1, 20, 28, 32, 48, 64, 64, 32, 32, 1000]))

/** The hints, by the names of members. */
export const hints: Readonly<Record<string, (asking: Asking) => unknown>> = {
  KeyId: ofKey,
  TargetKeyId: (asking) => asking.operation.name.startsWith("Create") ? asking.key?.arn : ofOtherKey(asking),
  DestinationKeyId: ofOtherKey,
  SourceKeyId: ofOtherKey,
  AliasName: aliasName,
  Policy: policy,
  PolicyName: ({ dice }) => dice.pick(["default", "default", "default", "other"]),
  Description: ({ dice }) => dice.pick(words),
  Tags: ({ dice }) => several(dice, 3).map(() => tag(dice)),
  TagKeys: ({ dice }) => several(dice, 2).map(() => tag(dice).TagKey),
  BypassPolicyLockoutSafetyCheck: ({ dice }) => dice.often(20),
  EncryptionContext: context,
  SourceEncryptionContext: context,
  DestinationEncryptionContext: context,
  EncryptionAlgorithm: listed("EncryptionAlgorithms"),
  SourceEncryptionAlgorithm: () => "SYMMETRIC_DEFAULT",
  DestinationEncryptionAlgorithm: () => "SYMMETRIC_DEFAULT",
  SigningAlgorithm: listed("SigningAlgorithms"),
  MacAlgorithm: listed("MacAlgorithms"),
  KeyAgreementAlgorithm: listed("KeyAgreementAlgorithms"),
  EncapsulationAlgorithm: listed("EncapsulationAlgorithms"),
  Plaintext: ({ dice }) => dice.bytes(1 + dice.below(dice.pick([16, 64, 4096]))),
  Message: message,
  MessageType: ({ dice }) => dice.pick(["RAW", "RAW", "DIGEST", "EXTERNAL_MU"]),
  NumberOfBytes: ({ dice }) => 1 + dice.below(dice.pick([32, 1024])),
  KeyPairSpec: ({ dice }) => dice.maybe(specs.filter((spec) => /^(?:ECC|ML_KEM)_/.test(spec))),
  PublicKey: publicKey,
  GrantTokens: (asking) => several(asking.dice, 2).map(() => held("GrantToken")(asking) ?? "no token"),
  GrantId: held("GrantId"),
  GrantToken: held("GrantToken"),
  GranteePrincipal: ({ dice }) => dice.pick(principals),
  RetiringPrincipal: ({ dice }) => dice.pick(principals),
  GranteeServicePrincipal: () => "dynamodb.amazonaws.com",
  RetiringServicePrincipal: () => "dynamodb.amazonaws.com",
  Operations: grantedOperations,
  Constraints: constraints,
  Name: ({ dice }) => dice.pick(["grant-a", "grant-b", "grant-c"]),
  DryRun: () => true,
  DryRunModifiers: () => ["IGNORE_CIPHERTEXT"],
  Recipient: ({ dice }) => ({ KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256", AttestationDocument: dice.bytes(9) }),
  Limit: ({ dice }) => 1 + dice.below(4),
  Marker: (asking) => {
    const pages = (asking.world.held.get("NextMarker") ?? []).filter(({ operation }) =>
      operation === asking.operation.name
    )
    return asking.dice.maybe(pages)?.reply["NextMarker"] ?? "no marker"
  },
  RotationPeriodInDays: ({ dice }) => 90 + dice.below(300),
  PendingWindowInDays: ({ dice }) => 7 + dice.below(24),
  KeyMaterialId: (asking) => heldOf(asking, ["KeyMaterialId"])?.reply["KeyMaterialId"] ?? "0".repeat(64),
  KeyMaterialDescription: () => "material",
  WrappingAlgorithm: ({ dice, key }) =>
    String(key?.metadata["KeySpec"]).startsWith("ECC_") && dice.often(70)
      ? dice.pick(["RSA_AES_KEY_WRAP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1"])
      : dice.pick(["RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_256", "RSAES_OAEP_SHA_1", "RSAES_PKCS1_V1_5"]),
  WrappingKeySpec: ({ dice }) => dice.pick(["RSA_2048", "RSA_3072", "RSA_4096", "RSA_4096"]),
  ValidTo: ({ dice, now }) => new Date(now + (dice.below(60) - 2) * day),
  ReplicaRegion: ({ dice }) => dice.pick(["us-east-1", "ap-south-1", "eu-west-1", "cn-north-1"]),
  PrimaryRegion: primaryRegion,
  CustomKeyStoreId: held("CustomKeyStoreId"),
  CustomKeyStoreName: ({ dice }) => dice.pick(["store-a", "store-b", "store-c", "store-d"]),
  NewCustomKeyStoreName: ({ dice }) => dice.pick(["store-a", "store-b", "store-c", "store-d", "store-e"]),
  CustomKeyStoreType: () => "EXTERNAL_KEY_STORE",
  XksProxyConnectivity: () => "PUBLIC_ENDPOINT",
  XksProxyUriEndpoint: () => "https://xks.example.org",
  XksProxyUriPath: ({ dice }) => `/${dice.pick(["a", "b", "c", "d", "e"])}/kms/xks/v1`,
  XksProxyAuthenticationCredential: () => ({
    AccessKeyId: "ABCDEFGHIJ234567ABCD",
    RawSecretAccessKey: "c2VjcmV0IG9mIHRoZSBwcm94eSwgMzIgYnl0ZXMgbG9uZyE="
  }),
  XksKeyId: ({ dice }) => `${dice.pick(["key", "key", "key", "missing", "disabled"])}-${dice.below(60)}`,
  SharedSecretCiphertextBlob: held("SharedSecretCiphertextBlob"),
  Signature: held("Signature"),
  Mac: held("Mac"),
  ImportToken: held("ImportToken"),
  EncryptedKeyMaterial: ({ dice }) => dice.bytes(256),
  CiphertextBlob: (asking) =>
    heldOf(asking, ["CiphertextBlob"])?.reply["CiphertextBlob"] ?? Utf8.encode("no ciphertext")
}

/** How many times in a hundred a member is given that may be left out, where it is not as often as others. */
export const shares: Readonly<Record<string, number>> = {
  DryRun: 4,
  DryRunModifiers: 5,
  Recipient: 3,
  GrantTokens: 12,
  Marker: 25,
  GranteeServicePrincipal: 3,
  RetiringServicePrincipal: 3,
  EncryptionAlgorithm: 30,
  MessageType: 60,
  CustomKeyStoreId: 8,
  KeyId: 60,
  EncryptionContext: 70,
  SourceEncryptionContext: 70,
  CloudHsmClusterId: 3,
  KeyStorePassword: 3,
  TrustAnchorCertificate: 3,
  XksProxyVpcEndpointServiceName: 3,
  XksProxyVpcEndpointServiceOwner: 3,
  CustomKeyStoreName: 20,
  ImportType: 10,
  KeyMaterialDescription: 10,
  KeyMaterialId: 15
}
