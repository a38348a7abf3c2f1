/**
 * What AWS documents of key states and operations, written down a second time, from kms-semantics 2.4 and not from the
 * sources: what the lifecycle table must say.
 */
import type { KeyState } from "@keystead/core/lifecycle/KeyState"
import type { OperationName } from "@keystead/core/operations/Registry"

/** ok, or how it is refused: disabled, invalid state, unsupported. */
export type Cell = "ok" | "DIS" | "ISE" | "UNS"

/** Enabled, Disabled, PendingDeletion, PendingImport, Unavailable, Creating, Updating. */
type Cells = readonly [Cell, Cell, Cell, Cell, Cell, Cell, Cell]

const cryptographic: Cells = ["ok", "DIS", "ISE", "ISE", "ISE", "ISE", "ok"]
const onAndOff: Cells = ["ok", "ok", "ISE", "ISE", "ok", "ISE", "ISE"]
const rotation: Cells = ["ok", "DIS", "ISE", "UNS", "UNS", "ISE", "ok"]
const naming: Cells = ["ok", "ok", "ISE", "ok", "ok", "ok", "ok"]
const looking: Cells = ["ok", "ok", "ok", "ok", "ok", "ok", "ok"]

const table: { readonly [Name in OperationName]?: Cells } = {
  Encrypt: cryptographic,
  Decrypt: cryptographic,
  ReEncrypt: cryptographic,
  GenerateDataKey: cryptographic,
  GenerateDataKeyWithoutPlaintext: cryptographic,
  GenerateDataKeyPair: cryptographic,
  GenerateDataKeyPairWithoutPlaintext: cryptographic,
  Sign: cryptographic,
  Verify: cryptographic,
  GenerateMac: cryptographic,
  VerifyMac: cryptographic,
  DeriveSharedSecret: cryptographic,
  Encapsulate: cryptographic,
  Decapsulate: cryptographic,
  GetPublicKey: cryptographic,
  CreateGrant: ["ok", "DIS", "ISE", "ISE", "ok", "ISE", "ok"],
  ListGrants: looking,
  RetireGrant: looking,
  RevokeGrant: looking,
  EnableKey: onAndOff,
  DisableKey: onAndOff,
  EnableKeyRotation: rotation,
  DisableKeyRotation: rotation,
  RotateKeyOnDemand: ["ok", "DIS", "ISE", "ISE", "UNS", "ISE", "ISE"],
  GetKeyRotationStatus: ["ok", "ok", "ok", "UNS", "UNS", "ok", "ok"],
  ListKeyRotations: ["ok", "ok", "ok", "ok", "UNS", "ok", "ok"],
  GetParametersForImport: ["ok", "ok", "ISE", "ok", "UNS", "ISE", "ISE"],
  ImportKeyMaterial: ["ok", "ok", "ISE", "ok", "UNS", "ISE", "ok"],
  DeleteImportedKeyMaterial: ["ok", "ok", "ok", "ok", "UNS", "ISE", "ISE"],
  ScheduleKeyDeletion: ["ok", "ok", "ISE", "ok", "ok", "ok", "ISE"],
  CancelKeyDeletion: ["ISE", "ISE", "ok", "ISE", "ISE", "ISE", "ISE"],
  CreateAlias: naming,
  TagResource: naming,
  UntagResource: naming,
  UpdateKeyDescription: naming,
  UpdateAlias: naming,
  ReplicateKey: ["ok", "DIS", "ISE", "ISE", "ISE", "ISE", "ISE"],
  UpdatePrimaryRegion: ["ok", "DIS", "ISE", "ISE", "ISE", "ISE", "ok"],
  DescribeKey: looking,
  DeleteAlias: looking,
  GetKeyLastUsage: looking,
  GetKeyPolicy: looking,
  PutKeyPolicy: looking,
  ListKeyPolicies: looking,
  ListResourceTags: looking
}

const column: { readonly [State in KeyState]: number } = {
  Enabled: 0,
  Disabled: 1,
  PendingDeletion: 2,
  PendingReplicaDeletion: 2,
  PendingImport: 3,
  Unavailable: 4,
  Creating: 5,
  Updating: 6
}

/** The operations that are about a key which is there already. */
export const guarded: ReadonlyArray<OperationName> = Object.keys(table) as ReadonlyArray<OperationName>

/** What the operation does to a key in the state. */
export const cellOf = (operation: OperationName, state: KeyState): Cell => table[operation]?.[column[state]] ?? "ok"

/** The state after the operation, where it is allowed. */
export const after = (operation: OperationName, state: KeyState): KeyState => {
  if (operation === "EnableKey" && state === "Disabled") return "Enabled"
  if (operation === "DisableKey" && state === "Enabled") return "Disabled"
  if (operation === "ImportKeyMaterial" && state === "PendingImport") return "Enabled"
  if (operation === "DeleteImportedKeyMaterial" && (state === "Enabled" || state === "Disabled")) return "PendingImport"
  if (operation === "ScheduleKeyDeletion") return "PendingDeletion"
  if (operation === "CancelKeyDeletion") return "Disabled"
  return state
}

const ending: { readonly [State in KeyState]: string } = {
  Enabled: "is not pending deletion",
  Disabled: "is disabled",
  PendingDeletion: "is pending deletion",
  PendingReplicaDeletion: "is pending replica deletion",
  PendingImport: "is pending import",
  Unavailable: "is unavailable",
  Creating: "is creating",
  Updating: "is updating"
}

const tags = {
  DIS: "DisabledException",
  ISE: "KMSInvalidStateException",
  UNS: "UnsupportedOperationException"
}

/** The refusal of a key, as `tag: message`; undefined where it is allowed. */
export const refusalOf = (operation: OperationName, state: KeyState, arn: string): string | undefined => {
  const cell = cellOf(operation, state)
  if (cell === "ok") return undefined
  const words = operation === "CancelKeyDeletion" ? "is not pending deletion" : ending[state]
  return `${tags[cell]}: ${arn} ${words}.`
}
