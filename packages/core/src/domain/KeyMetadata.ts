/** What DescribeKey and CreateKey tell about a KMS key, in AWS's shape. */
import * as Schema from "effect/Schema"
import { keyStates } from "../lifecycle/KeyState.ts"
import { arnOf, currentMaterial, type KeyRecord } from "./KeyRecord.ts"
import { flag, list, oneOf, optional, text, timestamp } from "./Members.ts"
import * as Specs from "./Specs.ts"

const unbounded = text({})

export const KeyMetadata = Schema.Struct({
  AWSAccountId: optional(unbounded),
  KeyId: unbounded,
  Arn: optional(unbounded),
  CreationDate: optional(timestamp),
  Enabled: optional(flag),
  Description: optional(unbounded),
  KeyUsage: optional(oneOf(Specs.keyUsages)),
  KeyState: optional(oneOf(keyStates)),
  DeletionDate: optional(timestamp),
  Origin: optional(oneOf(Specs.origins)),
  KeyManager: optional(oneOf(["AWS", "CUSTOMER"])),
  CustomerMasterKeySpec: optional(oneOf(Specs.customerMasterKeySpecs)),
  KeySpec: optional(oneOf(Specs.keySpecs)),
  EncryptionAlgorithms: optional(list(oneOf(Specs.encryptionAlgorithms))),
  MultiRegion: optional(flag),
  CurrentKeyMaterialId: optional(unbounded)
})

/** What DescribeKey and CreateKey tell about a KMS key. */
export type KeyMetadata = typeof KeyMetadata.Type

/** The metadata of a key as it stands. `Enabled` is true in the state Enabled only. */
export const keyMetadata = (key: KeyRecord): KeyMetadata => ({
  AWSAccountId: key.account,
  KeyId: key.keyId,
  Arn: arnOf(key),
  CreationDate: new Date(key.created),
  Enabled: key.state === "Enabled",
  Description: key.description,
  KeyUsage: key.keyUsage,
  KeyState: key.state,
  ...(key.deletion === undefined ? {} : { DeletionDate: new Date(key.deletion.date) }),
  Origin: key.origin,
  KeyManager: key.keyManager,
  CustomerMasterKeySpec: key.keySpec,
  KeySpec: key.keySpec,
  EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
  MultiRegion: false,
  CurrentKeyMaterialId: currentMaterial(key).id
})
