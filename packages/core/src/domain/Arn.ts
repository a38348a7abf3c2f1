/** Amazon Resource Names of KMS keys and aliases, and the ids inside them. */

/** Where a KMS key or an alias lives: each account and Region is a world of its own. */
export interface Place {
  /** Twelve digits. */
  readonly account: string
  /** Such as `eu-west-1`. */
  readonly region: string
}

/** What an ARN of KMS names. */
export interface ResourceName extends Place {
  readonly resource: "key" | "alias"
  /** The key id, or the alias name with its `alias/`. */
  readonly name: string
}

/** The partition that a Region belongs to. */
export const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws"

/** The ARN of a KMS key. */
export const keyArn = (place: Place, keyId: string): string =>
  `arn:${partitionOf(place.region)}:kms:${place.region}:${place.account}:key/${keyId}`

/** The ARN of an alias; `name` begins with `alias/`. */
export const aliasArn = (place: Place, name: string): string =>
  `arn:${partitionOf(place.region)}:kms:${place.region}:${place.account}:${name}`

/** The ARN of an account's root, the principal that stands for the account itself. */
export const rootArn = (place: Place): string => `arn:${partitionOf(place.region)}:iam::${place.account}:root`

const kmsArn = /^arn:(aws[a-z-]*):kms:([a-z0-9-]+):(\d{12}):(?:key\/(.+)|(alias\/.+))$/s

/** Reads the ARN of a KMS key or alias; nothing if it is none. */
export const parse = (text: string): ResourceName | undefined => {
  const match = kmsArn.exec(text)
  if (match === null) return undefined
  const [, arnPartition, region = "", account = "", keyId, alias] = match
  if (arnPartition !== partitionOf(region)) return undefined
  return keyId !== undefined
    ? { account, region, resource: "key", name: keyId }
    : { account, region, resource: "alias", name: alias ?? "" }
}

const keyIdPattern = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/

/** Whether the text has the form of a key id: a UUID in lower case, or `mrk-` and 32 hexadecimal digits. */
export const isKeyId = (text: string): boolean => keyIdPattern.test(text)
