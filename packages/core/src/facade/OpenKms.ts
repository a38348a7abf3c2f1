/**
 * An open Keystead for programs without Effect: Promises, with the methods and members of the `KMS` class of
 * `@aws-sdk/client-kms`. Each runtime opens one in its own way (`openKms`), and adds what only it has.
 */
import * as Effect from "effect/Effect"
import * as Client from "../Client.ts"
import { rootArn } from "../domain/Arn.ts"
import type { Caller } from "../domain/Caller.ts"
import type { Explain } from "../Explain.ts"
import type { Operations } from "../groups/Group.ts"
import type { Explanation } from "../interpreter/Explain.ts"
import type { Maintained } from "../interpreter/Maintain.ts"
import type { Kms } from "../Kms.ts"
import type { InputOf, Operation, OutputOf } from "../operations/Operation.ts"
import type { Registry } from "../operations/Registry.ts"
import type { KeyringMethods } from "./Keyring.ts"

/** What each reply of the AWS SDK carries beside its members. */
export interface ResponseMetadata {
  readonly httpStatusCode: 200
  /** The id of the request, as in its audit event. */
  readonly requestId: string
  readonly attempts: 1
  readonly totalRetryDelay: 0
}

/** A reply with the members of the AWS SDK's: those of the output, and its metadata. */
export type Reply<Output> = (Output extends object ? Output : unknown) & { readonly $metadata: ResponseMetadata }

/** Operations as methods. Each rejects with exactly one of the typed errors of `@keystead/core/Errors`. */
export type Methods<Named extends Operations = Registry> = {
  readonly [Name in keyof Named & string as Uncapitalize<Name>]: (
    ...args: Client.Arguments<InputOf<Named[Name]>>
  ) => Promise<Reply<OutputOf<Named[Name]>>>
}

/** The same Keystead and caller, as keyrings of the AWS Encryption SDK take it. */
export type KeyringClient<Self> = Omit<Self, keyof KeyringMethods> & KeyringMethods

/** What every runtime's Keystead has beside its operations; `Self` is all that it has. */
export interface Common<Named extends Operations, Self> {
  /** The same Keystead for another caller: an ARN, or an ARN with tags, identity policies, and the like. */
  readonly as: (caller: Caller | string) => Self
  /** Where clients of AWS tell it. */
  readonly config: { readonly region: string }
  /**
   * The same Keystead and caller in another Region, or here if none is named: what keyrings of the AWS Encryption SDK take,
   * as in `new KmsKeyringNode({ clientProvider: kms.clientProvider, generatorKeyId })`.
   */
  readonly clientProvider: (region: string) => KeyringClient<Self>
  /** For administrators: why this caller may call the operation, or not. It changes nothing. */
  readonly explain: <Name extends keyof Named & string>(
    name: Name,
    input: InputOf<Named[Name]>
  ) => Promise<Explanation>
  /** Persists rotations, deletions and expiries that have fallen due. The runtime does so by itself, and no answer waits. */
  readonly maintain: () => Promise<Maintained>
  /** Overwrites what is unwrapped, and closes the store. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** An open Keystead with these operations, for one caller, and what its host adds. */
export type OpenKms<Named extends Operations = Registry, Host = unknown> =
  & Methods<Named>
  & Common<Named, OpenKms<Named, Host>>
  & Host

/** As whom a Keystead is opened, and where. */
export interface Opener {
  /** The account of the default caller: twelve digits. */
  readonly account?: string
  /** The Region that answers. */
  readonly region?: string
  /** The account's root by default: whoever holds the store holds everything. */
  readonly caller?: Caller | string
}

/** AWS's example account, and its first Region: where nobody says otherwise. */
export const defaults = { account: "111122223333", region: "us-east-1" }

/** What a facade stands before. */
export interface Parts<Named extends Operations> {
  readonly kms: Kms["Service"]
  readonly explain: Explain["Service"]
  /** Those that it carries, by their names: `operationsOf(groups)`, or the whole registry. */
  readonly operations: Named
  /** A new id for each request: a UUID, as on AWS. */
  readonly requestId: () => string
  readonly close: () => Promise<void>
}

/** The facade of an open Keystead, with what the host adds for every caller. */
export function make<Named extends Operations, Host extends object>(
  parts: Parts<Named>,
  opener: Opener,
  host: Host
): OpenKms<Named, Host>
export function make(parts: Parts<Operations>, opener: Opener, host: object): unknown {
  const { close, explain: { explain }, kms, operations } = parts
  const shared = {
    ...host,
    maintain: () => Effect.runPromise(kms.maintain),
    close,
    [Symbol.asyncDispose]: close
  }

  const clientOf = (who: Caller | string, region: string): object => {
    const caller = typeof who === "string" ? { principal: who } : who
    const methods = Object.values(operations).map((operation): readonly [string, unknown] => [
      Client.methodName(operation.name),
      async (input: object = {}) => {
        const requestId = parts.requestId()
        const output: unknown = await Effect.runPromise(kms.execute(operation, input, { caller, region, requestId }))
        return Object.assign({}, output, { $metadata: metadata(requestId) })
      }
    ])
    return Object.assign(Object.fromEntries<unknown>(methods), shared, {
      as: (who: Caller | string) => clientOf(who, region),
      config: { region },
      clientProvider: (other: string) => clientOf(caller, other === "" ? region : other),
      explain: (name: string, input: object) =>
        Effect.runPromise(
          Effect.flatMap(kms.named(name), (operation) => explain<Operation>(operation, input, { caller, region }))
        )
    })
  }

  const { account = defaults.account, region = defaults.region } = opener
  return clientOf(opener.caller ?? rootArn({ account, region }), region)
}

const metadata = (requestId: string): ResponseMetadata => ({
  httpStatusCode: 200,
  requestId,
  attempts: 1,
  totalRetryDelay: 0
})
