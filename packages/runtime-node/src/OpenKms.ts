/**
 * A Promise facade with the methods and members of the `KMS` class of `@aws-sdk/client-kms`.
 */
import * as Client from "@keystead/core/Client"
import { rootArn } from "@keystead/core/domain/Arn"
import type { Caller } from "@keystead/core/domain/Caller"
import * as Explain from "@keystead/core/Explain"
import type { Explanation } from "@keystead/core/interpreter/Explain"
import type { Maintained } from "@keystead/core/interpreter/Maintain"
import * as Kms from "@keystead/core/Kms"
import type { InputOf, Operation, OutputOf } from "@keystead/core/operations/Operation"
import { type OperationName, operations, type Registry, registry } from "@keystead/core/operations/Registry"
import type { Rewrapped } from "@keystead/core/rewrap/Rewrap"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { randomUUID } from "node:crypto"
import type { KeyringMethods } from "./KeyringClient.ts"
import { layer, type NodeKmsOptions } from "./NodeKms.ts"
import { type RootKeyChoice, RootKeyReplacement } from "./RootKeyChoice.ts"

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

type Methods = {
  readonly [Name in OperationName as Uncapitalize<Name>]: (
    ...args: Client.Arguments<InputOf<Registry[Name]>>
  ) => Promise<Reply<OutputOf<Registry[Name]>>>
}

/** An open Keystead, for one caller. A method rejects with exactly one of the typed errors of `@keystead/core/Errors`. */
export interface OpenKms extends Methods {
  /** The same Keystead for another caller: an ARN, or an ARN with tags, identity policies, and the like. */
  readonly as: (caller: Caller | string) => OpenKms
  /** Where clients of AWS tell it. */
  readonly config: { readonly region: string }
  /**
   * The same Keystead and caller in another Region, or here if none is named: what keyrings of the AWS Encryption SDK take,
   * as in `new KmsKeyringNode({ clientProvider: kms.clientProvider, generatorKeyId })`.
   */
  readonly clientProvider: (region: string) => KeyringClient
  /** For administrators: why this caller may call the operation, or not. It changes nothing. */
  readonly explain: <Name extends OperationName>(name: Name, input: InputOf<Registry[Name]>) => Promise<Explanation>
  /** Persists rotations, deletions and expiries that have fallen due. It runs every hour by itself, and no answer waits. */
  readonly maintain: () => Promise<Maintained>
  /**
   * Puts the store under another root key, or goes on with that, while it answers; without one, a root key in a file is
   * replaced by a new one in the same file. When it is complete, the former one opens nothing any more.
   */
  readonly rewrap: (newRootKey?: RootKeyChoice) => Promise<Rewrapped>
  /** Overwrites what is unwrapped, and closes the store. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** An open Keystead, as keyrings of the AWS Encryption SDK take it. */
export type KeyringClient = Omit<OpenKms, keyof KeyringMethods> & KeyringMethods

/** How to open a Keystead, and as whom. */
export interface OpenKmsOptions extends NodeKmsOptions {
  /** The account of the default caller: twelve digits. */
  readonly account?: string
  /** The Region that answers. */
  readonly region?: string
  /** The account's root by default: whoever holds the store holds everything. */
  readonly caller?: Caller | string
}

/** AWS's example account, and its first Region: where nobody says otherwise. */
export const defaults = { account: "111122223333", region: "us-east-1" }

const hour = 60 * 60 * 1000

/** Opens a Keystead: in memory, or in `directory`. Rejects with StorageError, RootKeyError or RecipientsError. */
export const openKms = async (options: OpenKmsOptions = {}): Promise<OpenKms> => {
  const region = options.region ?? defaults.region
  const account = options.account ?? defaults.account
  const runtime = ManagedRuntime.make(layer(options))
  const kms = await runtime.runPromise(Kms.Kms)
  const { explain: why } = await runtime.runPromise(Explain.Explain)
  const { replace } = await runtime.runPromise(RootKeyReplacement)
  const maintain = () => runtime.runPromise(kms.maintain)
  const rewrap = (newRootKey?: RootKeyChoice) => runtime.runPromise(replace(newRootKey))
  // What falls due is computed whenever a key is used: a failure here shows at the next call, with its reason.
  const timer = setInterval(() => void maintain().catch(() => undefined), hour)
  timer.unref()
  const close = async () => {
    clearInterval(timer)
    await runtime.dispose()
  }

  function clientOf(who: Caller | string, region: string): OpenKms
  function clientOf(who: Caller | string, region: string): unknown {
    const caller = typeof who === "string" ? { principal: who } : who
    const methods = operations.map((operation): readonly [string, unknown] => [
      Client.methodName(operation.name),
      async (input: object = {}) => {
        const requestId = randomUUID()
        const output: unknown = await Effect.runPromise(kms.execute(operation, input, { caller, region, requestId }))
        return Object.assign({}, output, { $metadata: metadata(requestId) })
      }
    ])
    const explain = (name: OperationName, input: object) =>
      Effect.runPromise(why<Operation>(registry[name], input, { caller, region }))
    const named = Object.fromEntries<unknown>(methods)
    const as = (who: Caller | string) => clientOf(who, region)
    const clientProvider = (other: string) => clientOf(caller, other === "" ? region : other)
    return Object.assign(named, {
      as,
      config: { region },
      clientProvider,
      explain,
      maintain,
      rewrap,
      close,
      [Symbol.asyncDispose]: close
    })
  }

  return clientOf(options.caller ?? rootArn({ account, region }), region)
}

const metadata = (requestId: string): ResponseMetadata => ({
  httpStatusCode: 200,
  requestId,
  attempts: 1,
  totalRetryDelay: 0
})
