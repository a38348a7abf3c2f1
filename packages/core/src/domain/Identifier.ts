/** The four ways to name a KMS key: key id, key ARN, alias name, alias ARN. */
import * as Result from "effect/Result"
import { NotFoundException } from "../Errors.ts"
import { isKeyId, parse as parseArn, type Place } from "./Arn.ts"

/** A key or alias in its account and Region. */
export interface Identified {
  readonly kind: "key" | "alias"
  readonly place: Place
  /** The key id, or the alias name. */
  readonly name: string
}

const invalid = (text: string) => Result.fail(new NotFoundException({ message: `Invalid keyId '${text}'` }))

/**
 * Reads an identifier as AWS does: bare ids and names mean the caller's account, and only the Region that was asked can
 * answer. NotFoundException says what is wrong with it. Source: kms-semantics 2.3.
 *
 * @param aliases - whether the operation takes aliases; those that manage keys do not
 */
export const parse = (text: string, here: Place, aliases: boolean): Result.Result<Identified, NotFoundException> => {
  if (isKeyId(text)) return Result.succeed({ kind: "key", place: here, name: text })
  if (aliases && text.startsWith("alias/")) return Result.succeed({ kind: "alias", place: here, name: text })
  if (!text.startsWith("arn:")) return invalid(text)
  const arn = parseArn(text)
  if (arn === undefined) return invalid(text)
  if (arn.region !== here.region) {
    return Result.fail(new NotFoundException({ message: `Invalid arn ${arn.region}` }))
  }
  if (arn.resource === "alias" && !aliases) return invalid(text)
  if (arn.resource === "key" && !isKeyId(arn.name)) return invalid(text)
  return Result.succeed({ kind: arn.resource, place: arn, name: arn.name })
}
