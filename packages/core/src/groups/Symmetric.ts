/** Symmetric keys, and all that is done to keys of any kind: making, naming, tagging, permitting, rotating, deleting. */
import { CancelKeyDeletion } from "../operations/CancelKeyDeletion.ts"
import { CreateAlias } from "../operations/CreateAlias.ts"
import { CreateKey } from "../operations/CreateKey.ts"
import { Decrypt } from "../operations/Decrypt.ts"
import { DeleteAlias } from "../operations/DeleteAlias.ts"
import { DescribeKey } from "../operations/DescribeKey.ts"
import { DisableKey } from "../operations/DisableKey.ts"
import { DisableKeyRotation } from "../operations/DisableKeyRotation.ts"
import { EnableKey } from "../operations/EnableKey.ts"
import { EnableKeyRotation } from "../operations/EnableKeyRotation.ts"
import { Encrypt } from "../operations/Encrypt.ts"
import { GenerateDataKey } from "../operations/GenerateDataKey.ts"
import { GenerateDataKeyWithoutPlaintext } from "../operations/GenerateDataKeyWithoutPlaintext.ts"
import { GenerateRandom } from "../operations/GenerateRandom.ts"
import { GetKeyPolicy } from "../operations/GetKeyPolicy.ts"
import { GetKeyRotationStatus } from "../operations/GetKeyRotationStatus.ts"
import { ListAliases } from "../operations/ListAliases.ts"
import { ListKeyPolicies } from "../operations/ListKeyPolicies.ts"
import { ListKeyRotations } from "../operations/ListKeyRotations.ts"
import { ListKeys } from "../operations/ListKeys.ts"
import { ListResourceTags } from "../operations/ListResourceTags.ts"
import { PutKeyPolicy } from "../operations/PutKeyPolicy.ts"
import { ReEncrypt } from "../operations/ReEncrypt.ts"
import { RotateKeyOnDemand } from "../operations/RotateKeyOnDemand.ts"
import { ScheduleKeyDeletion } from "../operations/ScheduleKeyDeletion.ts"
import { TagResource } from "../operations/TagResource.ts"
import { UntagResource } from "../operations/UntagResource.ts"
import { UpdateAlias } from "../operations/UpdateAlias.ts"
import { UpdateKeyDescription } from "../operations/UpdateKeyDescription.ts"
import type { Group } from "./Group.ts"

const operations = {
  CancelKeyDeletion,
  CreateAlias,
  CreateKey,
  Decrypt,
  DeleteAlias,
  DescribeKey,
  DisableKey,
  DisableKeyRotation,
  EnableKey,
  EnableKeyRotation,
  Encrypt,
  GenerateDataKey,
  GenerateDataKeyWithoutPlaintext,
  GenerateRandom,
  GetKeyPolicy,
  GetKeyRotationStatus,
  ListAliases,
  ListKeyPolicies,
  ListKeyRotations,
  ListKeys,
  ListResourceTags,
  PutKeyPolicy,
  ReEncrypt,
  RotateKeyOnDemand,
  ScheduleKeyDeletion,
  TagResource,
  UntagResource,
  UpdateAlias,
  UpdateKeyDescription
} as const

/** Symmetric keys, and all that is done to keys of any kind. Every other group needs this one beside it. */
export const symmetric = { name: "symmetric", operations, keySpecs: [], kinds: [] } satisfies Group
