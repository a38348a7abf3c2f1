import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AliasRecord from "../domain/AliasRecord.ts"
import { keyId } from "../domain/Members.ts"
import { AlreadyExistsException } from "../Errors.ts"
import { unlessPendingDeletion } from "../lifecycle/Row.ts"
import { aliasName, arnOfSlot, findTarget, needName, needRoom, withAlias } from "./internal/AliasName.ts"
import { operation, type RecordChange } from "./Operation.ts"

/** Gives a KMS key a friendly name, unique in its account and Region. */
export const CreateAlias = operation({
  name: "CreateAlias",
  actions: ["kms:CreateAlias"],
  readOnly: false,
  input: Schema.Struct({ AliasName: aliasName, TargetKeyId: keyId }),
  output: Schema.Void,
  states: unlessPendingDeletion,
  load: (input, find) =>
    Effect.gen(function*() {
      yield* needName(input.AliasName)
      return {
        alias: yield* find.alias(input.AliasName),
        key: yield* findTarget(find, input.TargetKeyId, "kms:CreateAlias")
      }
    }),
  guards: ({ key }) => [key],
  permissions: (_input, { alias, key }) => [
    { action: "kms:CreateAlias", resource: arnOfSlot(alias) },
    { action: "kms:CreateAlias", resource: key }
  ],
  decide: Effect.fnUntraced(function*({ limits, now, records: { alias, key } }) {
    if (alias.content !== undefined) {
      return yield* new AlreadyExistsException({
        message: `An alias with the name ${arnOfSlot(alias)} already exists`
      })
    }
    yield* needRoom(key, limits)
    const changes: ReadonlyArray<RecordChange> = [
      { _tag: "PutAlias", before: alias, record: AliasRecord.make(alias.place, alias.name, key.record.keyId, now) },
      { _tag: "PutKey", before: key, record: withAlias(key.record, alias.name) }
    ]
    return { output: undefined, changes }
  })
})
