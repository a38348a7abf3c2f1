/** What several checks make. */
import { given } from "../Check.ts"
import type { Client, Target } from "../Target.ts"

/** A new key's id. */
export const newKey = async (client: Client, input: Parameters<Client["createKey"]>[0] = {}): Promise<string> => {
  const { KeyMetadata } = await client.createKey(input)
  return given(KeyMetadata, "KeyMetadata").KeyId
}

/** The ARN of a key of the target. */
export const arnOf = ({ account, region }: Pick<Target, "account" | "region">, KeyId: string): string =>
  `arn:aws:kms:${region}:${account}:key/${KeyId}`

/** The bytes with one bit changed, in the middle. */
export const spoiled = (bytes: Uint8Array): Uint8Array => {
  const at = bytes.length >> 1
  return bytes.with(at, (bytes[at] ?? 0) ^ 1)
}
