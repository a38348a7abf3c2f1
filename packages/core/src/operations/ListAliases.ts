import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AliasRecord } from "../domain/AliasRecord.ts"
import { aliasArn } from "../domain/Arn.ts"
import { flag, keyId, limit, list, marker, optional, text, timestamp } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { aboutAccount, type Find, operation, reply } from "./Operation.ts"

/** The aliases of one key: its record has their names. */
const aliasesOf = Effect.fnUntraced(function*(find: Find, keyId: string, after: string | undefined, limit: number) {
  const key = yield* find.key(keyId, { action: "kms:ListAliases", aliases: false, crossAccount: false })
  const page = Page.of(key.record.aliases.toSorted(), (name) => name, after, limit)
  const slots = yield* Effect.forEach(page.items, find.alias)
  const items = slots.flatMap(({ content }): ReadonlyArray<AliasRecord> => content === undefined ? [] : [content])
  return { items, next: page.next }
})

/** Lists the aliases of the caller's account in this Region, or those of one key. */
export const ListAliases = operation({
  name: "ListAliases",
  readOnly: true,
  input: Schema.Struct({ KeyId: optional(keyId), Limit: limit(100), Marker: marker }),
  output: Schema.Struct({
    Aliases: optional(list(Schema.Struct({
      AliasName: optional(text({})),
      AliasArn: optional(text({})),
      TargetKeyId: optional(text({})),
      CreationDate: optional(timestamp),
      LastUpdatedDate: optional(timestamp)
    }))),
    NextMarker: optional(text({})),
    Truncated: optional(flag)
  }),
  states: undefined,
  load: (input, find) =>
    Effect.gen(function*() {
      const after = yield* Effect.fromResult(Page.start("ListAliases", input.Marker))
      const limit = input.Limit ?? 50
      return yield* input.KeyId === undefined ? find.aliases(after, limit) : aliasesOf(find, input.KeyId, after, limit)
    }),
  ...aboutAccount("kms:ListAliases"),
  decide: ({ records: { items, next } }) =>
    Effect.succeed(reply({
      Aliases: items.map((alias) => ({
        AliasName: alias.name,
        AliasArn: aliasArn(alias, alias.name),
        TargetKeyId: alias.targetKeyId,
        CreationDate: new Date(alias.created),
        LastUpdatedDate: new Date(alias.updated)
      })),
      ...Page.ending("ListAliases", next)
    }))
})
