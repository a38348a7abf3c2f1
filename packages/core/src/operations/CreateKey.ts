import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { defaultKeyPolicy } from "../authorization/KeyPolicy.ts"
import * as Conditions from "../domain/Conditions.ts"
import { KeyMetadata, keyMetadata } from "../domain/KeyMetadata.ts"
import * as KeyPolicy from "../domain/KeyPolicy.ts"
import { flag, list, oneOf, optional, tag, text } from "../domain/Members.ts"
import { newKey, newKeyId } from "../domain/NewKey.ts"
import * as Specs from "../domain/Specs.ts"
import * as Tags from "../domain/Tags.ts"
import { LimitExceededException, UnsupportedOperationException, ValidationException } from "../Errors.ts"
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
  XksKeyId: optional(text({ min: 1, max: 128 }))
})

type Input = typeof input.Type

const specOf = (asked: Input) => asked.KeySpec ?? asked.CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT"

/** Refuses what cannot be, and what Keystead does not have yet: never a key that is not all that was asked for. */
const needPossible = (asked: Input): Result.Result<void, ValidationException | UnsupportedOperationException> => {
  const invalid = (message: string) => Result.fail(new ValidationException({ message }))
  const unsupported = (message: string) => Result.fail(new UnsupportedOperationException({ message }))
  if (asked.KeySpec !== undefined && asked.CustomerMasterKeySpec !== undefined) {
    return invalid(
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."
    )
  }
  if (specOf(asked) !== "SYMMETRIC_DEFAULT") return unsupported(`KeySpec ${specOf(asked)} is not supported.`)
  if (asked.KeyUsage !== undefined && asked.KeyUsage !== "ENCRYPT_DECRYPT") {
    return invalid(`KeyUsage ${asked.KeyUsage} is not compatible with KeySpec SYMMETRIC_DEFAULT`)
  }
  if (asked.CustomKeyStoreId !== undefined || asked.XksKeyId !== undefined) {
    return unsupported("Custom key stores are not supported.")
  }
  if (asked.Origin !== undefined && asked.Origin !== "AWS_KMS") {
    return unsupported(`Origin ${asked.Origin} is not supported.`)
  }
  return asked.MultiRegion === true ? unsupported("Multi-Region keys are not supported.") : Result.void
}

const decide = Effect.fnUntraced(function*(request: Request<Input, { readonly count: Slot<number> }>) {
  const { account, input, limits, now, records: { count }, region } = request
  yield* Effect.fromResult(needPossible(input))
  const tags = yield* Effect.fromResult(Tags.add([], input.Tags ?? [], limits.tagsPerKey))
  const keyId = yield* newKeyId
  const policy = input.Policy ?? defaultKeyPolicy(account)
  if (input.Policy !== undefined) {
    const bypass = input.BypassPolicyLockoutSafetyCheck ?? false
    yield* Effect.fromResult(KeyPolicy.check(policy, keyId, request, bypass))
  }
  const keys = count.content ?? 0
  if (keys >= limits.keysPerRegion) {
    return yield* new LimitExceededException({
      message: `The account has ${keys} KMS keys in ${region}, which is its quota.`
    })
  }
  const record = yield* newKey({
    account,
    region,
    keyId,
    keyManager: "CUSTOMER",
    created: now,
    description: input.Description ?? "",
    policy,
    tags,
    aliases: []
  })
  const changes: ReadonlyArray<RecordChange> = [
    { _tag: "PutKey", before: undefined, record },
    { _tag: "PutKeyCount", before: count, count: keys + 1 }
  ]
  return { output: { KeyMetadata: keyMetadata(record) }, changes }
})

/** Creates a KMS key. Its policy is AWS's default unless one is given. */
export const CreateKey = operation({
  name: "CreateKey",
  readOnly: false,
  input,
  output: Schema.Struct({ KeyMetadata: optional(KeyMetadata) }),
  states: undefined,
  load: (_input, find) =>
    Effect.gen(function*() {
      return { count: yield* find.keyCount }
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
