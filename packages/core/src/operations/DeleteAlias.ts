import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { always } from "../lifecycle/Row.ts"
import { aliasName, arnOfSlot, findExisting, needName, withoutAlias } from "./internal/AliasName.ts"
import { operation, type RecordChange } from "./Operation.ts"

/** Deletes an alias. The KMS key stays as it is. */
export const DeleteAlias = operation({
  name: "DeleteAlias",
  actions: ["kms:DeleteAlias"],
  readOnly: false,
  input: Schema.Struct({ AliasName: aliasName }),
  output: Schema.Void,
  states: always,
  load: (input, find) =>
    Effect.gen(function*() {
      yield* needName(input.AliasName)
      return yield* findExisting(find, input.AliasName)
    }),
  guards: ({ key }) => [key],
  permissions: (_input, { alias, key }) => [
    { action: "kms:DeleteAlias", resource: arnOfSlot(alias) },
    { action: "kms:DeleteAlias", resource: key }
  ],
  decide: ({ records: { alias, key } }) => {
    const changes: ReadonlyArray<RecordChange> = [
      { _tag: "RemoveAlias", before: alias },
      { _tag: "PutKey", before: key, record: withoutAlias(key.record, alias.name) }
    ]
    return Effect.succeed({ output: undefined, changes })
  }
})
