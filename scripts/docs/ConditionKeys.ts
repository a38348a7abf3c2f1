/** Which condition keys operations, KMS keys and callers bring along: found out by asking them. */
import { defaultKeyPolicy } from "@keystead/core/authorization/KeyPolicy"
import type { PolicyDocument } from "@keystead/core/authorization/Policy"
import { parseKeyPolicy } from "@keystead/core/authorization/Policy"
import type { KeyRecord } from "@keystead/core/domain/KeyRecord"
import { defaultLimits } from "@keystead/core/domain/Limits"
import { questionOf } from "@keystead/core/interpreter/Authorize"
import type { Asked, LoadedKey, Operation } from "@keystead/core/operations/Operation"
import * as Result from "effect/Result"

const account = "111122223333"
const region = "eu-west-1"
const principal = `arn:aws:iam::${account}:user/bob`

const record: KeyRecord = {
  account,
  region,
  keyId: "1234abcd-12ab-34cd-56ef-1234567890ab",
  keySpec: "SYMMETRIC_DEFAULT",
  keyUsage: "ENCRYPT_DECRYPT",
  origin: "AWS_KMS",
  keyManager: "CUSTOMER",
  created: 0,
  description: "",
  state: "Enabled",
  policy: defaultKeyPolicy(account),
  tags: [{ TagKey: "KEY", TagValue: "value" }],
  aliases: ["alias/name"],
  materials: [],
  multiRegion: { primary: region, replicas: [] }
}

const policy: PolicyDocument = Result.getOrThrow(parseKeyPolicy(record.policy))

/** A key of every kind at once: it has all that a key can tell of itself. */
const sampleKey: LoadedKey = {
  record,
  version: "1",
  arn: `arn:aws:kms:${region}:${account}:key/${record.keyId}`,
  policy,
  requestAlias: "alias/name"
}

const pairs = { KEY: "value" }
const tags = [{ TagKey: "KEY", TagValue: "value" }]

/** A request with every member that a condition key tells of, whatever the operation. */
const sampleInput = {
  KeyId: sampleKey.arn,
  EncryptionContext: pairs,
  SourceEncryptionContext: pairs,
  DestinationEncryptionContext: pairs,
  Tags: tags,
  TagKeys: ["KEY"],
  KeyPairSpec: "RSA_2048",
  KeyAgreementAlgorithm: "ECDH",
  MacAlgorithm: "HMAC_SHA_256",
  MessageType: "RAW",
  SigningAlgorithm: "ECDSA_SHA_256",
  ExpirationModel: "KEY_MATERIAL_EXPIRES",
  ValidTo: new Date(0),
  WrappingAlgorithm: "RSAES_OAEP_SHA_256",
  WrappingKeySpec: "RSA_2048",
  Constraints: { EncryptionContextSubset: pairs },
  Operations: ["Decrypt"],
  GranteePrincipal: principal,
  RetiringPrincipal: principal,
  PrimaryRegion: "us-east-1",
  ReplicaRegion: "us-east-1"
}

/** What operations load, by every name that one of them gives it. */
export const sampleRecords = {
  key: sampleKey,
  source: { key: sampleKey },
  destination: sampleKey,
  target: sampleKey,
  primary: sampleKey,
  forService: true
}

/** `kms:EncryptionContext:KEY` stands for any pair. */
const general = (name: string): string => name.replace(/KEY$/, "…")

/** The condition keys that an operation adds to those of key and caller, as AWS spells them. */
export const conditionKeysOf = (operation: Operation): ReadonlySet<string> =>
  new Set(
    operation.actions.flatMap((action) =>
      Object.entries(operation.conditions?.(sampleInput, sampleRecords, { action, resource: sampleKey }) ?? {})
        .flatMap(([name, value]) => value === undefined ? [] : [general(name)])
    )
  )

const asked: Asked = { account, region, requestId: "", now: 0, limits: defaultLimits, caller: { principal } }

/** Whether a KMS key tells of the condition key, in a request that names it by an alias. */
export const isOfKey = (name: string): boolean =>
  questionOf("kms:DescribeKey", sampleKey, asked, () => ({})).value(name.toLowerCase().replace("…", "key")) !==
    undefined
