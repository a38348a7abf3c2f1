import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { defaultKeyPolicy } from "../authorization/KeyPolicy.ts"
import type { Placing } from "../custom-stores/KeyStores.ts"
import * as Conditions from "../domain/Conditions.ts"
import { KeyMetadata, keyMetadata } from "../domain/KeyMetadata.ts"
import * as KeyPolicy from "../domain/KeyPolicy.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import { flag, list, oneOf, optional, patternedText, tag, text } from "../domain/Members.ts"
import { newKey, newKeyId, newMultiRegionKeyId } from "../domain/NewKey.ts"
import * as Specs from "../domain/Specs.ts"
import * as Tags from "../domain/Tags.ts"
import { UnsupportedOperationException, ValidationException } from "../Errors.ts"
import { Carried } from "../groups/Carried.ts"
import { needRoom } from "./internal/Quota.ts"
import { aboutAccount, operation, type RecordChange, type Request, type Slot } from "./Operation.ts"

const input = Schema.Struct({
  Policy: optional(text({ min: 1, max: 131072 })),
  Description: optional(text({ min: 0, max: 8192 })),
  KeyUsage: optional(oneOf(Specs.keyUsages)),
  CustomerMasterKeySpec: optional(oneOf(Specs.customerMasterKeySpecs)),
  KeySpec: optional(oneOf(Specs.keySpecs)),
  Origin: optional(oneOf(Specs.origins)),
  CustomKeyStoreId: optional(text({ min: 1, max: 64 })),
  BypassPolicyLockoutSafetyCheck: optional(flag),
  Tags: optional(list(tag)),
  MultiRegion: optional(flag),
  XksKeyId: optional(patternedText({ min: 1, max: 128 }, /^[a-zA-Z0-9-_.]+$/))
})

type Input = typeof input.Type

const specOf = (asked: Input) => asked.KeySpec ?? asked.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT"

const invalid = (message: string) => Effect.fail(new ValidationException({ message }))
const unsupported = (message: string) => Effect.fail(new UnsupportedOperationException({ message }))

/** The origin. Refuses what cannot be, and what is not carried here: never a key that is not all that was asked for. */
const needPossible = Effect.fnUntraced(function*(asked: Input, placing: Placing | undefined) {
  if (asked.KeySpec !== undefined && asked.CustomerMasterKeySpec !== undefined) {
    return yield* invalid(
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."
    )
  }
  const origin = asked.Origin ?? "AWS_KMS"
  if (placing !== undefined) return origin
  if (asked.CustomKeyStoreId !== undefined || asked.XksKeyId !== undefined) {
    return yield* unsupported("Custom key stores are not supported.")
  }
  const imports = (yield* Carried).operation("ImportKeyMaterial") !== undefined
  if (origin !== "AWS_KMS" && !(imports && origin === "EXTERNAL")) {
    return yield* unsupported(`Origin ${origin} is not supported.`)
  }
  if (asked.MultiRegion === true && (yield* Carried).regions === undefined) {
    return yield* unsupported("Multi-Region keys are not supported here.")
  }
  return origin
})

/** What stands behind the spec, nothing for symmetric keys; and what the key is for. */
const kindAndUsage = Effect.fnUntraced(function*(asked: Input) {
  const keySpec = specOf(asked)
  const kind = (yield* Carried).kind(keySpec)
  if (keySpec !== "SYMMETRIC_DEFAULT") {
    if (kind === undefined) return yield* unsupported(`KeySpec ${keySpec} is not supported here.`)
    if (asked.KeyUsage === undefined) {
      return yield* invalid(
        "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
      )
    }
  }
  const keyUsage = asked.KeyUsage ?? "ENCRYPT_DECRYPT"
  const possible = kind === undefined ? keyUsage === "ENCRYPT_DECRYPT" : kind.usages[keyUsage] !== undefined
  if (!possible) return yield* invalid(`KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`)
  return { kind, keySpec, keyUsage }
})

/** What it decides on. */
export interface KeyPlace {
  readonly count: Slot<number>
  /** Present if the key is to be in a custom key store. */
  readonly placing: Placing | undefined
}

const decide = Effect.fnUntraced(function*(request: Request<Input, KeyPlace>) {
  const { account, input, limits, now, records: { count, placing }, region } = request
  const carried = yield* Carried
  const multiRegion = input.MultiRegion === true
  const origin = yield* needPossible(input, placing)
  const { kind, ...specs } = yield* kindAndUsage(input)
  const tags = yield* Effect.fromResult(Tags.add([], input.Tags ?? [], limits.tagsPerKey))
  const keyId = yield* multiRegion ? newMultiRegionKeyId : newKeyId
  const policy = input.Policy ?? defaultKeyPolicy(account)
  if (input.Policy !== undefined) {
    const bypass = input.BypassPolicyLockoutSafetyCheck ?? false
    yield* Effect.fromResult(KeyPolicy.check(policy, keyId, request, bypass))
  }
  const keys = yield* needRoom(count, limits)
  const wanted = {
    account,
    region,
    keyId,
    ...specs,
    keyManager: "CUSTOMER",
    created: now,
    description: input.Description ?? "",
    policy,
    tags,
    aliases: [],
    ...(multiRegion ? { multiRegion: { primary: region, replicas: [] } } : {})
  } as const
  const placed = placing === undefined ? undefined : yield* placing(keyId)
  const record: KeyRecord = origin === "EXTERNAL"
    ? { ...wanted, origin, state: "PendingImport", materials: [] }
    : { ...yield* newKey(wanted, kind), ...placed?.members }
  const changes: ReadonlyArray<RecordChange> = [
    { _tag: "PutKey", before: undefined, record },
    { _tag: "PutKeyCount", before: count, count: keys + 1 },
    ...placed?.changes ?? []
  ]
  return { output: { KeyMetadata: keyMetadata(record, carried) }, changes }
})

/** Creates a KMS key; one of origin EXTERNAL waits for the import of its material. Its policy is AWS's default unless one is given. */
export const CreateKey = operation({
  name: "CreateKey",
  readOnly: false,
  input,
  output: Schema.Struct({ KeyMetadata: optional(KeyMetadata) }),
  states: undefined,
  load: (input, find, asked) =>
    Effect.gen(function*() {
      const { keyStores } = yield* Carried
      const records: KeyPlace = {
        count: yield* find.keyCount,
        placing: keyStores === undefined ? undefined : yield* keyStores.placing(input, find, asked)
      }
      return records
    }),
  ...aboutAccount("kms:CreateKey"),
  conditions: (asked) => ({
    ...Conditions.ofKind(
      specOf(asked),
      asked.KeyUsage ?? "ENCRYPT_DECRYPT",
      asked.Origin ?? "AWS_KMS",
      asked.MultiRegion === true
    ),
    "kms:BypassPolicyLockoutSafetyCheck": String(asked.BypassPolicyLockoutSafetyCheck ?? false),
    ...Conditions.ofTags(asked.Tags)
  }),
  decide
})
