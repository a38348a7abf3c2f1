/**
 * Random histories of a whole Keystead: calls of every operation by several callers, and time that passes. Steps name
 * keys and ciphertexts by their order of appearance, so that one history can be run in several worlds.
 */
import { keyPolicy } from "@keystead/core/authorization/KeyPolicy"
import * as Client from "@keystead/core/Client"
import type { Caller } from "@keystead/core/domain/Caller"
import type { Limits } from "@keystead/core/domain/Limits"
import { type OperationName, registry } from "@keystead/core/operations/Registry"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import * as fc from "fast-check"
import { account, bytes, otherAccount, region, root, user, type World } from "./World.ts"

/** Quotas that histories reach. */
export const tightLimits: Limits = {
  keysPerRegion: 3,
  customKeyStores: 2,
  aliasesPerKey: 2,
  tagsPerKey: 3,
  grantsPerKey: 3,
  onDemandRotationsPerKey: 2,
  multiRegionSettling: 3 * 60_000
}

/** Who calls, by index: the owner, the same through a service, an administrator, and another account. */
export const callers: ReadonlyArray<Caller> = [
  { principal: root },
  { principal: root, viaService: `s3.${region}.amazonaws.com` },
  { principal: user("ada") },
  { principal: `arn:aws:iam::${otherAccount}:root` }
]

/** A policy under which every caller may do everything, and one that leaves out the other account. */
const policies = [
  undefined,
  JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" }
  }),
  keyPolicy({ account, administrators: [user("ada")], users: [user("ada"), otherAccount] })
]

/** A reference to a key or ciphertext by its place in the order of appearance; the last ones wrap around. */
type Reference = number

/** What is asked, its references not yet resolved. */
export interface Asking {
  readonly key: Reference
  readonly other: Reference
  readonly blob: Reference
  readonly alias: string
  readonly byAlias: boolean
  readonly number: number
  readonly text: string
  readonly dryRun: boolean
}

/** One step of a history. */
export type Step =
  | { readonly wait: number }
  | { readonly caller: number; readonly operation: OperationName; readonly asking: Asking }

const day = 86_400_000

/** Waits from a minute, through windows and periods, to more than a year. */
const wait = fc.constantFrom(60_000, day, 7 * day, 8 * day, 30 * day, 90 * day, 91 * day, 400 * day)

const operationNames = Object.values(registry).map(({ name }) => name)

const asking: fc.Arbitrary<Asking> = fc.record({
  key: fc.nat(3),
  other: fc.nat(3),
  blob: fc.nat(20),
  alias: fc.constantFrom("alias/a", "alias/b", "alias/c", "alias/aws/s3"),
  byAlias: fc.boolean(),
  number: fc.nat(9),
  text: fc.constantFrom("x", "y", "z"),
  dryRun: fc.integer({ min: 0, max: 4 }).map((one) => one === 0)
})

const step = (names: ReadonlyArray<OperationName>): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      arbitrary: fc.record({
        caller: fc.constantFrom(0, 0, 0, 0, 1, 2, 2, 3),
        operation: fc.constantFrom("CreateKey" as const, ...names),
        asking
      }),
      weight: 5
    },
    { arbitrary: wait.map((wait) => ({ wait })), weight: 1 }
  )

/** Operations that have to do with each other. */
const families: ReadonlyArray<ReadonlyArray<OperationName>> = [
  ["CreateAlias", "UpdateAlias", "DeleteAlias", "ListAliases", "ListKeys", "ScheduleKeyDeletion", "CancelKeyDeletion"],
  ["Encrypt", "Decrypt", "ReEncrypt", "RotateKeyOnDemand", "EnableKeyRotation", "ListKeyRotations", "DisableKey"],
  ["ReplicateKey", "UpdatePrimaryRegion", "ScheduleKeyDeletion", "CancelKeyDeletion", "EnableKeyRotation", "EnableKey"],
  ["EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "ListKeyRotations", "EnableKey", "DisableKey"],
  ["CreateGrant", "ListGrants", "RetireGrant", "RevokeGrant", "ListRetirableGrants", "Encrypt", "Decrypt", "ReEncrypt"],
  ["Encrypt", "Decrypt", "PutKeyPolicy", "CreateAlias", "UpdateAlias", "ScheduleKeyDeletion", "GenerateDataKey"],
  operationNames
]

/** A history. Each keeps to a few operations, so that they meet more often than if all were in all histories. */
export const history = (maxLength: number): fc.Arbitrary<ReadonlyArray<Step>> =>
  fc.oneof(fc.constantFrom(...families), fc.subarray(operationNames, { minLength: 3, maxLength: 9 }))
    .chain((names) => fc.array(step(names), { minLength: 1, maxLength, size: "max" }))

interface Made {
  readonly blob: Uint8Array
  readonly context: Readonly<Record<string, string>>
}

/** What a history has made so far. */
export interface Progress {
  readonly keys: Array<string>
  readonly blobs: Array<Made>
  /** Grants, if somebody wants to know of them. */
  grants?: ReadonlyArray<{ readonly id: string; readonly token: string; readonly key: string }>
}

/** What every plaintext of a history begins with. */
export const secretText = "a secret text of its caller"

const absentKey = "00000000-0000-4000-8000-000000000000"

const noGrant = { id: "0".repeat(64), token: "no token", key: absentKey }

const grantees = [user("ada"), root, `arn:aws:iam::${otherAccount}:root`]

const granted: ReadonlyArray<ReadonlyArray<string>> = [
  ["Encrypt", "Decrypt", "DescribeKey"],
  ["CreateGrant", "GenerateDataKey", "RetireGrant"],
  ["ReEncryptFrom", "ReEncryptTo"]
]

const pick = <Item>(items: ReadonlyArray<Item>, reference: Reference, otherwise: Item): Item =>
  items[reference % Math.max(items.length, 1)] ?? otherwise

/** The request of a step. Members that the operation does not know are ignored. */
export const inputOf = (operation: OperationName, asking: Asking, progress: Progress): Record<string, unknown> => {
  const key = pick(progress.keys, asking.key, absentKey)
  const other = pick(progress.keys, asking.other, absentKey)
  const arn = `arn:aws:kms:${region}:${account}:key/${key}`
  const blob = pick(progress.blobs, asking.blob, { blob: bytes("no ciphertext"), context: {} })
  const context = { purpose: asking.text }
  const named = asking.byAlias ? asking.alias : arn
  const dryRun = asking.dryRun ? { DryRun: true } : {}
  const grant = pick(progress.grants ?? [], asking.other, noGrant)
  switch (operation) {
    case "CreateGrant":
      return {
        KeyId: arn,
        GranteePrincipal: pick(grantees, asking.number, root),
        ...(asking.number % 2 === 0 ? { RetiringPrincipal: pick(grantees, asking.other, root) } : {}),
        Operations: pick(granted, asking.blob, []),
        ...(asking.byAlias ? { Name: asking.text, Constraints: { EncryptionContextSubset: context } } : {}),
        ...dryRun
      }
    case "ListGrants":
      return { KeyId: arn, Limit: 1 + (asking.number % 3), ...(asking.byAlias ? { GrantId: grant.id } : {}) }
    case "ListRetirableGrants":
      return { RetiringPrincipal: pick(grantees, asking.number, root), Limit: 1 + (asking.number % 3) }
    case "RetireGrant":
      return { ...(asking.byAlias ? { GrantToken: grant.token } : { KeyId: grant.key, GrantId: grant.id }), ...dryRun }
    case "RevokeGrant":
      return { KeyId: grant.key, GrantId: grant.id, ...dryRun }
    case "CreateKey": {
      const policy = pick(policies, asking.number, undefined)
      return {
        Description: asking.text,
        Tags: tags(asking),
        MultiRegion: asking.byAlias,
        ...(policy === undefined ? {} : { Policy: policy })
      }
    }
    case "CreateAlias":
    case "UpdateAlias":
      return { AliasName: asking.alias, TargetKeyId: key }
    case "DeleteAlias":
      return { AliasName: asking.alias }
    case "Encrypt":
      return { KeyId: named, Plaintext: bytes(`${secretText} ${asking.text}`), EncryptionContext: context, ...dryRun }
    case "GenerateDataKey":
    case "GenerateDataKeyWithoutPlaintext":
      return { KeyId: named, KeySpec: "AES_256", EncryptionContext: context, ...dryRun }
    case "GenerateRandom":
      return { NumberOfBytes: 1 + asking.number }
    case "Decrypt":
      return {
        CiphertextBlob: blob.blob,
        EncryptionContext: blob.context,
        ...(asking.byAlias ? { KeyId: arn } : {}),
        ...dryRun
      }
    case "ReEncrypt":
      return {
        CiphertextBlob: blob.blob,
        SourceEncryptionContext: blob.context,
        DestinationEncryptionContext: context,
        DestinationKeyId: asking.byAlias ? asking.alias : other,
        ...dryRun
      }
    case "ListKeys":
      return { Limit: 1 + (asking.number % 3) }
    case "ListAliases":
      return { Limit: 1 + (asking.number % 3), ...(asking.byAlias ? { KeyId: key } : {}) }
    case "ScheduleKeyDeletion":
      return { KeyId: key, PendingWindowInDays: 7 + asking.number }
    case "EnableKeyRotation":
      return { KeyId: key, RotationPeriodInDays: 90 + asking.number }
    case "ListKeyRotations":
      return { KeyId: key, IncludeKeyMaterial: asking.byAlias ? "ALL_KEY_MATERIAL" : "ROTATIONS_ONLY" }
    case "PutKeyPolicy":
      return { KeyId: key, Policy: pick(policies.slice(1), asking.number, "") }
    case "TagResource":
      return { KeyId: key, Tags: tags(asking) }
    case "UntagResource":
      return { KeyId: key, TagKeys: [asking.text] }
    case "ReplicateKey":
      return { KeyId: key, ReplicaRegion: elsewhere(asking), Tags: tags(asking) }
    case "UpdatePrimaryRegion":
      return { KeyId: key, PrimaryRegion: elsewhere(asking) }
    case "UpdateKeyDescription":
      return { KeyId: key, Description: asking.text }
    default:
      return { KeyId: arn }
  }
}

const elsewhere = ({ number }: Asking) => number % 2 === 0 ? "us-east-1" : "eu-central-1"

const tags = ({ number, text }: Asking) =>
  number === 0 ? [] : [{ TagKey: text, TagValue: String(number) }, { TagKey: `t${number}`, TagValue: "" }]

interface KmsFailure {
  readonly _tag: string
  readonly message: string
}

/** How a call ended. */
export type Outcome = { readonly reply: unknown } | { readonly error: string; readonly message: string }

const note = (input: Record<string, unknown>, reply: Record<string, unknown>, progress: Progress): void => {
  const metadata = reply["KeyMetadata"]
  const id = typeof metadata === "object" && metadata !== null && "KeyId" in metadata ? metadata.KeyId : undefined
  if (typeof id === "string" && !progress.keys.includes(id)) progress.keys.push(id)
  const { GrantId: grantId, GrantToken: token } = reply
  if (typeof grantId === "string" && typeof token === "string") {
    progress.grants = [...progress.grants ?? [], { id: grantId, token, key: String(input["KeyId"]) }]
  }
  const blob = reply["CiphertextBlob"]
  if (!(blob instanceof Uint8Array)) return
  const context = input["DestinationEncryptionContext"] ?? input["EncryptionContext"]
  progress.blobs.push({ blob, context: Object(context) })
}

/** Carries a step out, and says how it ended; nothing for a wait. Defects go through. */
export const take = Effect.fnUntraced(function*(
  world: World,
  step: Step,
  progress: Progress,
  asCaller: (caller: Caller) => Caller = (caller) => caller
) {
  if ("wait" in step) {
    yield* TestClock.adjust(step.wait)
    return undefined
  }
  const client = world.as(asCaller(callers[step.caller] ?? { principal: root }))
  const input = inputOf(step.operation, step.asking, progress)
  const call: Effect.Effect<unknown, KmsFailure> = client[Client.methodName(step.operation)](input as never)
  const outcome: Outcome = yield* Effect.match(call, {
    onSuccess: (reply) => ({ reply }),
    onFailure: ({ _tag: error, message }) => ({ error, message })
  })
  if ("reply" in outcome) note(input, Object(outcome.reply), progress)
  return outcome
})

/** Carries a history out in a world of its own. */
export const replay = Effect.fnUntraced(function*(
  world: World,
  steps: ReadonlyArray<Step>,
  before: (index: number) => Effect.Effect<unknown, unknown> = () => Effect.void
) {
  const progress: Progress = { keys: [], blobs: [] }
  const outcomes: Array<Outcome | undefined> = []
  for (const [index, step] of steps.entries()) {
    yield* before(index)
    outcomes.push(yield* take(world, step, progress))
  }
  return outcomes
})

const random = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}|[0-9a-f]{64}/g

/** Bytes of a marker's code, which the name follows. */
const markerCode = 32

const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === "NextMarker"
        ? Buffer.from(String(member), "base64").subarray(markerCode).toString()
        : name === "GrantToken"
        ? "a token"
        : plain(member)
    ])
  )
}

/** Outcomes as text in which ids of keys and materials are numbered as they appear, and bytes are counted only. */
export const withoutChance = (outcomes: ReadonlyArray<unknown>): ReadonlyArray<string> => {
  const seen = new Map<string, string>()
  return outcomes.map((outcome) =>
    (JSON.stringify(plain(outcome)) ?? "waited").replace(random, (id) => {
      const name = seen.get(id) ?? `#${seen.size}`
      seen.set(id, name)
      return name
    })
  )
}
