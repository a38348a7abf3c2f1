/** AWS's rules for the tags of a key. Source: AWS KMS API, TagResource; kms-semantics 2.13. */
import * as Result from "effect/Result"
import { TagException } from "../Errors.ts"
import type { Tag } from "./KeyRecord.ts"

const failed = (message: string) => Result.fail(new TagException({ message }))

/** Refuses tag keys that begin with `aws:`, in any case. */
export const reserved = (keys: ReadonlyArray<string>): Result.Result<void, TagException> =>
  keys.some((key) => key.toLowerCase().startsWith("aws:"))
    ? failed("Tags beginning with aws: are reserved")
    : Result.void

/** The tags with the given ones added, each in place of one with the same key, in the order of their keys. */
export const add = (
  tags: ReadonlyArray<Tag>,
  given: ReadonlyArray<Tag>,
  most: number
): Result.Result<ReadonlyArray<Tag>, TagException> => {
  const keys = given.map((tag) => tag.TagKey)
  const allowed = reserved(keys)
  if (Result.isFailure(allowed)) return Result.fail(allowed.failure)
  if (new Set(keys).size < keys.length) return failed("Duplicate tag keys")
  const merged = new Map([...tags, ...given].map(({ TagKey, TagValue }) => [TagKey, TagValue]))
  if (merged.size > most) return failed("Too many tags")
  return Result.succeed(sorted([...merged].map(([TagKey, TagValue]) => ({ TagKey, TagValue }))))
}

const sorted = (tags: ReadonlyArray<Tag>): ReadonlyArray<Tag> =>
  tags.toSorted((left, right) => left.TagKey < right.TagKey ? -1 : left.TagKey > right.TagKey ? 1 : 0)
