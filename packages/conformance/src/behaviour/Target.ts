/** What the behaviour suite is pointed at: a key management service with the methods of AWS SDK's `KMS`, whoever stands behind. */
import type { Arguments } from "@keystead/core/Client"
import type { InputOf, OutputOf } from "@keystead/core/operations/Operation"
import type { OperationName, Registry } from "@keystead/core/operations/Registry"

/** What a method gives; of those that say nothing, nothing is asked. */
export type Replied<Output> = [Output] extends [void] ? unknown : Output

/** The operations as methods, which reject with an error of AWS's name and message. */
export type Client = {
  readonly [Name in OperationName as Uncapitalize<Name>]: (
    ...args: Arguments<InputOf<Registry[Name]>>
  ) => Promise<Replied<OutputOf<Registry[Name]>>>
}

/** What the suite asks for in another Region. */
export interface ClientElsewhere extends Pick<Client, "scheduleKeyDeletion"> {
  readonly decrypt: (input: NonNullable<Parameters<Client["decrypt"]>[0]>) => ReturnType<Client["decrypt"]>
}

/** Where the service is asked, and what can be done to it from outside. What a target lacks, no check asks for. */
export interface Target {
  /** The account that the client is of: twelve digits. */
  readonly account: string
  /** The Region that answers. */
  readonly region: string
  /** A client of the account's root. */
  readonly client: Client
  /** A client of another principal, by its ARN. */
  readonly as?: (principal: string) => Client
  /** A client of the account's root in another Region. */
  readonly elsewhere?: (region: string) => ClientElsewhere
  /** The audit events so far, in CloudTrail's shape, oldest first. */
  readonly events?: () => Promise<ReadonlyArray<unknown>>
  /** Closes the service, and opens it again over what it has kept. The other clients are of no use then. */
  readonly reopen?: () => Promise<Client>
  /** Wraps key material by RSAES-OAEP with SHA-256, as who imports it does, under a public key in DER. */
  readonly wrap?: (publicKey: Uint8Array, material: Uint8Array) => Promise<Uint8Array>
  /** The host's streams of the AWS Encryption SDK's format. */
  readonly streams?: Streams
}

/** Streams of the account's root, fed with pieces: all that comes out. They reject with what the stream fails with. */
export interface Streams {
  readonly seal: (
    options: { readonly KeyId: string; readonly EncryptionContext: Record<string, string> },
    pieces: ReadonlyArray<Uint8Array>
  ) => Promise<Uint8Array>
  readonly open: (pieces: ReadonlyArray<Uint8Array>) => Promise<Uint8Array>
}
