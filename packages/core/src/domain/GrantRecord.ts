/** What Keystead keeps of a grant: who may do what with one KMS key, under which constraints, and who may end that. */
import * as Schema from "effect/Schema"
import type { Place } from "./Arn.ts"
import { GrantConstraints } from "./GrantConstraints.ts"
import { integer, items, oneOf } from "./Members.ts"
import * as Principal from "./Principal.ts"

/** What a grant can allow, in the order of AWS's model. */
export const grantOperations = [
  "Decrypt",
  "Encrypt",
  "GenerateDataKey",
  "GenerateDataKeyWithoutPlaintext",
  "ReEncryptFrom",
  "ReEncryptTo",
  "Sign",
  "Verify",
  "GetPublicKey",
  "CreateGrant",
  "RetireGrant",
  "DescribeKey",
  "GenerateDataKeyPair",
  "GenerateDataKeyPairWithoutPlaintext",
  "GenerateMac",
  "VerifyMac",
  "DeriveSharedSecret",
  "Encapsulate",
  "Decapsulate"
] as const

/** The name of something that a grant can allow. */
export type GrantOperation = (typeof grantOperations)[number]

export const GrantRecord = Schema.Struct({
  account: Schema.String,
  region: Schema.String,
  keyId: Schema.String,
  /** 64 hexadecimal digits. */
  grantId: Schema.String,
  name: Schema.optionalKey(Schema.String),
  /** Milliseconds since 1970. */
  created: integer({}),
  /** The account whose principal created it. */
  issuer: Schema.String,
  /** The ARN of a principal, or the name of a service such as `dynamodb.amazonaws.com`. */
  grantee: Schema.String,
  /** Who may retire it, in the same way. */
  retiring: Schema.optionalKey(Schema.String),
  operations: items(oneOf(grantOperations)),
  constraints: GrantConstraints
})

/** What Keystead keeps of a grant. */
export type GrantRecord = typeof GrantRecord.Type

/** What a grant allows. */
export type GrantTerms = Pick<GrantRecord, "operations" | "constraints">

/** Which key's grants are meant. */
export type KeyPlace = Pick<GrantRecord, "account" | "region" | "keyId">

/** Whether the text has the form of a grant's id. */
export const isGrantId = (text: string): boolean => /^[0-9a-f]{64}$/.test(text)

/** A service without its Region: `s3.amazonaws.com` for `s3.eu-west-1.amazonaws.com`. */
const withoutRegion = (service: string): string => service.replace(/^([^.]+)\.[a-z0-9-]+\.(?=amazonaws\.)/, "$1.")

/**
 * A principal or service as the indexes of grants name it: an account by its id, a role without its path, a service
 * without its Region, and no slash in it. Two principals may share a name; the grant itself tells them apart.
 */
export const partyOf = (text: string): string => {
  const principal = Principal.parse(text)
  if (principal === undefined) return withoutRegion(text)
  if (principal.type === "Account") return principal.account
  return (Principal.sessionsKnowAs(principal) ?? text).replaceAll("/", "~")
}

/** Whether two names mean the same service. */
export const isSameService = (one: string, other: string): boolean => withoutRegion(one) === withoutRegion(other)

const inKey = (kind: string, { account, keyId, region }: KeyPlace): string => `${kind}/${account}/${region}/${keyId}`

/** The prefix of the ids of a key's grants. */
export const grantPrefix = (key: KeyPlace): string => `${inKey("grant", key)}/`

/** The id under which a grant is stored. */
export const recordId = (key: KeyPlace, grantId: string): string => `${grantPrefix(key)}${grantId}`

/** The id of the record that counts a key's grants. */
export const countId = (key: KeyPlace): string => inKey("grants", key)

/** The prefix of the index of a key's grants by their grantee: after it comes the grant's id. */
export const granteePrefix = (key: KeyPlace, grantee: string): string => `${inKey("grantee", key)}/${partyOf(grantee)}/`

/** The prefixes of all that leads to a key's grants by grantee or name. */
export const indexPrefixes = (key: KeyPlace): ReadonlyArray<string> => [
  `${inKey("grantee", key)}/`,
  `${inKey("granted", key)}/`
]

/** The prefix of the index of a Region's grants by who may retire them: after it come account, key id and grant id. */
export const retiringPrefix = ({ region }: Pick<Place, "region">, retiring: string): string =>
  `retiring/${region}/${partyOf(retiring)}/`

/** The id of the record that leads from a named grant's parameters to it; `digest` is that of the parameters. */
export const namedId = (key: KeyPlace, digest: string): string => `${inKey("granted", key)}/${digest}`
