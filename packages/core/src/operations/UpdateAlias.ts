import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AliasRecord from "../domain/AliasRecord.ts"
import type { KeyRecord } from "../domain/KeyRecord.ts"
import { familyOf } from "../domain/KeyUse.ts"
import { keyId } from "../domain/Members.ts"
import { ValidationException } from "../Errors.ts"
import { unlessPendingDeletion } from "../lifecycle/Row.ts"
import {
  aliasName,
  arnOfSlot,
  findExisting,
  findTarget,
  needName,
  needRoom,
  withAlias,
  withoutAlias
} from "./internal/AliasName.ts"
import { operation, type RecordChange } from "./Operation.ts"

/** An alias stays with keys of one type and usage, so that what is called by its name goes on working. */
const needSameUse = (source: KeyRecord, target: KeyRecord) =>
  familyOf(source.keySpec) === familyOf(target.keySpec) && source.keyUsage === target.keyUsage
    ? Effect.void
    : Effect.fail(
      new ValidationException({
        message:
          `The alias is of a key of type ${familyOf(source.keySpec)} for ${source.keyUsage}, and the new key must be `
          + `of the same type and usage. Create another alias for it.`
      })
    )

/** Points an alias to another KMS key of the same type and usage. Only the new key's state matters. */
export const UpdateAlias = operation({
  name: "UpdateAlias",
  actions: ["kms:UpdateAlias"],
  readOnly: false,
  input: Schema.Struct({ AliasName: aliasName, TargetKeyId: keyId }),
  output: Schema.Void,
  states: unlessPendingDeletion,
  load: (input, find) =>
    Effect.gen(function*() {
      yield* needName(input.AliasName)
      const { alias, key: source, record } = yield* findExisting(find, input.AliasName)
      return { alias, record, source, target: yield* findTarget(find, input.TargetKeyId, "kms:UpdateAlias") }
    }),
  guards: ({ target }) => [target],
  permissions: (_input, { alias, source, target }) => [
    { action: "kms:UpdateAlias", resource: arnOfSlot(alias) },
    { action: "kms:UpdateAlias", resource: source },
    { action: "kms:UpdateAlias", resource: target }
  ],
  decide: Effect.fnUntraced(function*({ limits, now, records: { alias, record, source, target } }) {
    yield* needSameUse(source.record, target.record)
    if (source.arn !== target.arn) yield* needRoom(target, limits)
    const moved: ReadonlyArray<RecordChange> = source.arn === target.arn ? [] : [
      { _tag: "PutKey", before: source, record: withoutAlias(source.record, alias.name) },
      { _tag: "PutKey", before: target, record: withAlias(target.record, alias.name) }
    ]
    // What it pointed to may be pending deletion, and the new target never is.
    const retargeted = { ...AliasRecord.going(record, undefined), targetKeyId: target.record.keyId, updated: now }
    const changes: ReadonlyArray<RecordChange> = [
      { _tag: "PutAlias", before: alias, record: retargeted },
      ...moved
    ]
    return { output: undefined, changes }
  })
})
