import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AliasRecord } from "../domain/AliasRecord.ts"
import { aliasArn } from "../domain/Arn.ts"
import { flag, keyId, limit, list, marker, optional, text, timestamp } from "../domain/Members.ts"
import * as Page from "../domain/Page.ts"
import { aboutAccount, type Asked, type Find, operation, reply } from "./Operation.ts"

const input = Schema.Struct({ KeyId: optional(keyId), Limit: limit(100), Marker: marker })
type Input = typeof input.Type

/** The aliases of one key: its record has their names. */
const aliasesOf = Effect.fnUntraced(
  function*(find: Find, keyId: string, { Limit: limit = 50, Marker }: Input, asked: Asked) {
    const key = yield* find.key(keyId, { action: "kms:ListAliases", aliases: false, crossAccount: false })
    const listing = Page.listing("ListAliases", asked, key.arn)
    const after = yield* Page.start(listing, Marker)
    const page = Page.of(key.record.aliases.toSorted(), (name) => name, after, limit)
    const slots = yield* Effect.forEach(page.items, find.alias)
    const items = slots.flatMap(({ content }): ReadonlyArray<AliasRecord> => content === undefined ? [] : [content])
    return { items, next: page.next, listing }
  }
)

/** The aliases of the account. */
const aliasesOfAccount = Effect.fnUntraced(function*(find: Find, { Limit: limit = 50, Marker }: Input, asked: Asked) {
  const listing = Page.listing("ListAliases", asked)
  return { ...yield* find.aliases(yield* Page.start(listing, Marker), limit), listing }
})

/** Lists the aliases of the caller's account in this Region, or those of one key. */
export const ListAliases = operation({
  name: "ListAliases",
  readOnly: true,
  input,
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
  load: (input, find, asked) =>
    input.KeyId === undefined ? aliasesOfAccount(find, input, asked) : aliasesOf(find, input.KeyId, input, asked),
  ...aboutAccount("kms:ListAliases"),
  decide: ({ records: { items, listing, next } }) =>
    Effect.map(Page.ending(listing, next), (ending) =>
      reply({
        Aliases: items.map((alias) => ({
          AliasName: alias.name,
          AliasArn: aliasArn(alias, alias.name),
          TargetKeyId: alias.targetKeyId,
          CreationDate: new Date(alias.created),
          LastUpdatedDate: new Date(alias.updated)
        })),
        ...ending
      }))
})
