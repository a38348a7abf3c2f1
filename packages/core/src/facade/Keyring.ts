/**
 * What keyrings of the AWS Encryption SDK for JavaScript ask of a client for AWS KMS, with types that fit theirs under
 * `exactOptionalPropertyTypes`: their members are there, or not there, and never undefined.
 */
import type { InputOf, OutputOf } from "../operations/Operation.ts"
import type { Registry } from "../operations/Registry.ts"

/** The members that are there, without undefined. */
export type Present<T> = { -readonly [Member in keyof T]: Exclude<T[Member], undefined> }

/** What a keyring calls. */
export type Called = "Decrypt" | "Encrypt" | "GenerateDataKey"

/** The three operations that a keyring calls. */
export type KeyringMethods = {
  readonly [Name in Called as Uncapitalize<Name>]: (
    input: InputOf<Registry[Name]>
  ) => Promise<Present<OutputOf<Registry[Name]>>>
}
