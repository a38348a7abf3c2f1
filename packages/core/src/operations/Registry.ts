/** The one list of operations: every surface is derived from it. Adding an operation is its file and its line here. */
import { CancelKeyDeletion } from "./CancelKeyDeletion.ts"
import { CreateAlias } from "./CreateAlias.ts"
import { CreateKey } from "./CreateKey.ts"
import { Decrypt } from "./Decrypt.ts"
import { DeleteAlias } from "./DeleteAlias.ts"
import { DescribeKey } from "./DescribeKey.ts"
import { DisableKey } from "./DisableKey.ts"
import { DisableKeyRotation } from "./DisableKeyRotation.ts"
import { EnableKey } from "./EnableKey.ts"
import { EnableKeyRotation } from "./EnableKeyRotation.ts"
import { Encrypt } from "./Encrypt.ts"
import { GenerateDataKey } from "./GenerateDataKey.ts"
import { GenerateDataKeyWithoutPlaintext } from "./GenerateDataKeyWithoutPlaintext.ts"
import { GenerateRandom } from "./GenerateRandom.ts"
import { GetKeyPolicy } from "./GetKeyPolicy.ts"
import { GetKeyRotationStatus } from "./GetKeyRotationStatus.ts"
import { ListAliases } from "./ListAliases.ts"
import { ListKeyPolicies } from "./ListKeyPolicies.ts"
import { ListKeyRotations } from "./ListKeyRotations.ts"
import { ListKeys } from "./ListKeys.ts"
import { ListResourceTags } from "./ListResourceTags.ts"
import type { Operation } from "./Operation.ts"
import { PutKeyPolicy } from "./PutKeyPolicy.ts"
import { ReEncrypt } from "./ReEncrypt.ts"
import { RotateKeyOnDemand } from "./RotateKeyOnDemand.ts"
import { ScheduleKeyDeletion } from "./ScheduleKeyDeletion.ts"
import { TagResource } from "./TagResource.ts"
import { UntagResource } from "./UntagResource.ts"
import { UpdateAlias } from "./UpdateAlias.ts"
import { UpdateKeyDescription } from "./UpdateKeyDescription.ts"

/** Every operation by its name. */
export const registry = {
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

/** Every operation, as a list. */
export const operations: ReadonlyArray<Operation> = Object.values(registry)

/** The registry's type: names to operations. */
export type Registry = typeof registry

/** The name of an operation. */
export type OperationName = keyof Registry
