/** What DescribeKey and CreateKey tell about a KMS key, in AWS's shape. */
import * as Schema from "effect/Schema"
import type { Carried } from "../groups/Carried.ts"
import type { KeyState, keyStates } from "../lifecycle/KeyState.ts"
import { expirationMembers, expirationOf } from "./Expiration.ts"
import { algorithmMembers, algorithmsOf, specMembers, specsOf } from "./KeyAlgorithms.ts"
import { arnOf, type KeyRecord } from "./KeyRecord.ts"
import { flag, integer, list, optional, text, timestamp, told } from "./Members.ts"
import type * as Specs from "./Specs.ts"

const unbounded = text({})

const regionalKey = Schema.Struct({ Arn: optional(unbounded), Region: optional(unbounded) })

export const KeyMetadata = Schema.Struct({
  AWSAccountId: optional(unbounded),
  KeyId: unbounded,
  Arn: optional(unbounded),
  CreationDate: optional(timestamp),
  Enabled: optional(flag),
  Description: optional(unbounded),
  KeyState: optional(told<typeof keyStates>()),
  DeletionDate: optional(timestamp),
  Origin: optional(told<typeof Specs.origins>()),
  KeyManager: optional(told<["AWS", "CUSTOMER"]>()),
  ...specMembers,
  ...algorithmMembers,
  ...expirationMembers,
  MultiRegion: optional(flag),
  CustomKeyStoreId: optional(unbounded),
  XksKeyConfiguration: optional(Schema.Struct({ Id: optional(unbounded) })),
  MultiRegionConfiguration: optional(Schema.Struct({
    MultiRegionKeyType: optional(told<["PRIMARY", "REPLICA"]>()),
    PrimaryKey: optional(regionalKey),
    ReplicaKeys: optional(list(regionalKey))
  })),
  PendingDeletionWindowInDays: optional(integer({})),
  CurrentKeyMaterialId: optional(unbounded)
})

/** What DescribeKey and CreateKey tell about a KMS key. */
export type KeyMetadata = typeof KeyMetadata.Type

/** Only symmetric keys of Keystead's own tell it, and none before the first import; others tell of their other half. */
const currentMaterialId = ({ externalKey, keySpec, materials }: KeyRecord) => {
  if (externalKey !== undefined) {
    return { CustomKeyStoreId: externalKey.store, XksKeyConfiguration: { Id: externalKey.id } }
  }
  const current = keySpec === "SYMMETRIC_DEFAULT" ? materials.at(-1) : undefined
  return current === undefined ? {} : { CurrentKeyMaterialId: current.id }
}

/** The metadata of a key in this state. `Enabled` is true in the state Enabled only. */
export const keyMetadata = (key: KeyRecord, carried: Carried["Service"], state: KeyState = key.state): KeyMetadata => ({
  AWSAccountId: key.account,
  KeyId: key.keyId,
  Arn: arnOf(key),
  CreationDate: new Date(key.created),
  Enabled: state === "Enabled",
  Description: key.description,
  KeyState: state,
  ...(state === "PendingDeletion" && key.deletion?.date !== undefined
    ? { DeletionDate: new Date(key.deletion.date) }
    : {}),
  Origin: key.origin,
  KeyManager: key.keyManager,
  ...specsOf(key),
  ...algorithmsOf(key, carried),
  MultiRegion: key.multiRegion !== undefined,
  ...carried.regions?.describe(key),
  ...expirationOf(key, key.materials),
  ...currentMaterialId(key)
})
