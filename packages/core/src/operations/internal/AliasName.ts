/** What the alias operations share: the name's rules, and the keys that a change of an alias changes. */
import * as Effect from "effect/Effect"
import { namePattern, reservedPrefix } from "../../domain/AliasRecord.ts"
import { aliasArn } from "../../domain/Arn.ts"
import type { KeyRecord } from "../../domain/KeyRecord.ts"
import type { Limits } from "../../domain/Limits.ts"
import { patternedText } from "../../domain/Members.ts"
import { LimitExceededException, NotAuthorizedException, NotFoundException, ValidationException } from "../../Errors.ts"
import type { Find, LoadedKey, Slot } from "../Operation.ts"

/** The member AliasName. */
export const aliasName = patternedText({ min: 1, max: 256 }, namePattern)

const prefix = "alias/"

/** Refuses names that are no alias names, and those of AWS managed keys. Source: kms-semantics 2.2, 2.5. */
export const needName = (name: string): Effect.Effect<void, ValidationException | NotAuthorizedException> => {
  if (!name.startsWith(prefix) || name.length === prefix.length) {
    return Effect.fail(new ValidationException({ message: "Invalid identifier" }))
  }
  if (name.startsWith(reservedPrefix)) {
    return Effect.fail(
      new NotAuthorizedException({ message: `Aliases that begin with ${reservedPrefix} belong to AWS managed keys.` })
    )
  }
  return name.includes(":")
    ? Effect.fail(new ValidationException({ message: `${name} contains invalid characters for an alias` }))
    : Effect.void
}

/** The key that an alias operation names, by id or ARN. */
export const findTarget = (find: Find, targetKeyId: string, action: string) =>
  targetKeyId.startsWith(prefix) || /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(targetKeyId)
    ? Effect.fail(new ValidationException({ message: "Aliases must refer to keys. Not aliases" }))
    : find.key(targetKeyId, { action, aliases: false, crossAccount: false })

/** The ARN of the alias that a slot is for. */
export const arnOfSlot = (slot: Slot<unknown>): string => aliasArn(slot.place, slot.name)

/** The alias and the key it points to now; NotFoundException if there is none. */
export const findExisting = Effect.fnUntraced(function*(find: Find, name: string) {
  const alias = yield* find.alias(name)
  const record = alias.content
  const key = record === undefined ? undefined : yield* find.keyOf(record.account, record.targetKeyId)
  if (record === undefined || key === undefined) {
    return yield* new NotFoundException({ message: `Alias ${arnOfSlot(alias)} is not found.` })
  }
  return { alias, record, key }
})

/** Refuses another alias of a key that has as many as its quota allows. */
export const needRoom = ({ arn, record }: LoadedKey, limits: Limits): Effect.Effect<void, LimitExceededException> =>
  record.aliases.length < limits.aliasesPerKey ? Effect.void : Effect.fail(
    new LimitExceededException({ message: `${arn} has ${record.aliases.length} aliases, which is its quota.` })
  )

/** The key without the alias. */
export const withoutAlias = (key: KeyRecord, name: string): KeyRecord => ({
  ...key,
  aliases: key.aliases.filter((alias) => alias !== name)
})

/** The key with the alias. */
export const withAlias = (key: KeyRecord, name: string): KeyRecord => ({ ...key, aliases: [...key.aliases, name] })
