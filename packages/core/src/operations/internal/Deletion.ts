/** What the operations share that decide on the deletion of a key: its aliases go with it, and know when. */
import * as Effect from "effect/Effect"
import * as AliasRecord from "../../domain/AliasRecord.ts"
import type { KeyRecord } from "../../domain/KeyRecord.ts"
import type { Find, KeyWithAliases, LoadedKey, Permission, RecordChange } from "../Operation.ts"

/** Loading, guarding and permitting for `action` on the key that KeyId names, with its aliases. */
export const decideDeletion = (action: string) => ({
  actions: [action],
  load: Effect.fnUntraced(function*(input: { readonly KeyId: string }, find: Find) {
    const key = yield* find.key(input.KeyId, { action, aliases: false, crossAccount: false })
    const named: KeyWithAliases = { key, aliases: yield* Effect.forEach(key.record.aliases, find.alias) }
    return named
  }),
  guards: ({ key }: KeyWithAliases): ReadonlyArray<LoadedKey> => [key],
  permissions: (_input: object, { key }: KeyWithAliases): ReadonlyArray<Permission> => [{ action, resource: key }]
})

/** The key, and with it its aliases, which go when it goes. */
export const putNamed = ({ aliases, key }: KeyWithAliases, record: KeyRecord): ReadonlyArray<RecordChange> => [
  { _tag: "PutKey", before: key, record },
  ...aliases.flatMap((before): ReadonlyArray<RecordChange> =>
    before.content?.targetKeyId === record.keyId
      ? [{ _tag: "PutAlias", before, record: AliasRecord.going(before.content, record.deletion?.date) }]
      : []
  )
]
