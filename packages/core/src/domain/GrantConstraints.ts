/**
 * The constraints of a grant, and when a request meets them.
 *
 * The keys of encryption context pairs are compared without their case, the values with it. Source: AWS KMS API,
 * GrantConstraints; docs/decisions/0013-grants.md.
 */
import * as Schema from "effect/Schema"
import type { EncryptionContext } from "./EncryptionContext.ts"
import { encryptionContext } from "./Members.ts"

export const GrantConstraints = Schema.Struct({
  /** The encryption context must be these pairs, and no others. */
  equals: Schema.optionalKey(encryptionContext),
  /** The encryption context must have these pairs. */
  subset: Schema.optionalKey(encryptionContext),
  /** The resource on whose behalf a service must call. */
  sourceArn: Schema.optionalKey(Schema.String)
})

/** The constraints of a grant. */
export type GrantConstraints = typeof GrantConstraints.Type

/** A constraint, by AWS's name. */
export type ConstraintName = "EncryptionContextEquals" | "EncryptionContextSubset" | "SourceArn"

/** The constraints' names. */
export const namesOf = ({ equals, sourceArn, subset }: GrantConstraints): ReadonlyArray<ConstraintName> => [
  ...(equals === undefined ? [] : ["EncryptionContextEquals"] as const),
  ...(subset === undefined ? [] : ["EncryptionContextSubset"] as const),
  ...(sourceArn === undefined ? [] : ["SourceArn"] as const)
]

/** The values of each key, which may be there several times in names that differ in case. */
const byName = (context: EncryptionContext): ReadonlyMap<string, ReadonlySet<string>> => {
  const values = new Map<string, Set<string>>()
  for (const [key, value] of Object.entries(context)) {
    const name = key.toLowerCase()
    const known = values.get(name)
    if (known === undefined) values.set(name, new Set([value]))
    else known.add(value)
  }
  return values
}

/** Whether two of the keys differ in their case only. */
export const isAmbiguous = (context: EncryptionContext): boolean => byName(context).size < Object.keys(context).length

/** Whether the context has all the pairs; a key that it has twice, in names that differ in case, must have one value. */
const includes = (context: EncryptionContext, wanted: EncryptionContext): boolean => {
  const values = byName(context)
  return Object.entries(wanted).every(([key, value]) => {
    const found = values.get(key.toLowerCase())
    return found?.size === 1 && found.has(value)
  })
}

const isSame = (context: EncryptionContext, wanted: EncryptionContext): boolean =>
  Object.keys(context).length === Object.keys(wanted).length && includes(context, wanted)

/** What a request has that constraints ask about. */
export interface Constrained {
  /** Undefined for an operation that has none: then nothing is asked of it. */
  readonly encryptionContext: EncryptionContext | undefined
  readonly sourceArn: string | undefined
}

/** The constraints that the request does not meet. */
export const unmet = (
  { equals, sourceArn, subset }: GrantConstraints,
  request: Constrained
): ReadonlyArray<ConstraintName> => {
  const context = request.encryptionContext
  return namesOf({
    ...(context === undefined || equals === undefined || isSame(context, equals) ? {} : { equals }),
    ...(context === undefined || subset === undefined || includes(context, subset) ? {} : { subset }),
    ...(sourceArn === undefined || sourceArn === request.sourceArn ? {} : { sourceArn })
  })
}

/** Whether whatever meets the child's constraints meets the parent's. */
export const isAtLeastAsStrict = (child: GrantConstraints, parent: GrantConstraints): boolean => {
  const { equals, sourceArn, subset } = parent
  const demanded = child.equals ?? child.subset ?? {}
  return (equals === undefined || (child.equals !== undefined && isSame(child.equals, equals))) &&
    (subset === undefined || includes(demanded, subset)) &&
    (sourceArn === undefined || sourceArn === child.sourceArn)
}
