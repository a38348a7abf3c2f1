/** What Keystead keeps of an alias: a friendly name for one KMS key of the same account and Region. */
import * as Schema from "effect/Schema"
import type { Place } from "./Arn.ts"
import { integer } from "./Members.ts"

export const AliasRecord = Schema.Struct({
  account: Schema.String,
  region: Schema.String,
  /** With its `alias/`. */
  name: Schema.String,
  targetKeyId: Schema.String,
  /** Milliseconds since 1970. */
  created: integer({}),
  /** Milliseconds since 1970; when it last got another target. */
  updated: integer({}),
  /** While its key is pending deletion: when they go, in milliseconds since 1970. So a list need not look at the keys. */
  goes: Schema.optionalKey(integer({}))
})

/** What Keystead keeps of an alias. */
export type AliasRecord = typeof AliasRecord.Type

/** A new alias of the key with this id, of the same account and Region; `now` in milliseconds since 1970. */
export const make = ({ account, region }: Place, name: string, targetKeyId: string, now: number): AliasRecord => ({
  account,
  region,
  name,
  targetKeyId,
  created: now,
  updated: now
})

/** The id under which the alias is stored. */
export const recordId = (place: Place, name: string): string => `alias/${place.account}/${place.region}/${name}`

/** Whether the alias is gone with its key, in milliseconds. */
export const isGone = ({ goes }: AliasRecord, now: number): boolean => goes !== undefined && goes <= now

/** The alias of a key that goes then, or does not go. */
export const going = (alias: AliasRecord, date: number | undefined): AliasRecord => {
  const { goes: _, ...staying } = alias
  return date === undefined ? staying : { ...staying, goes: date }
}

/** The prefix of AWS managed keys' aliases, which nobody may make, change or delete. */
export const reservedPrefix = "alias/aws/"

/** AWS's pattern for alias names, and its prefix. */
export const namePattern = /^[a-zA-Z0-9:/_-]+$/
