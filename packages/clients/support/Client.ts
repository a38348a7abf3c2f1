/** What the story asks of a client, whatever language it is written in: calls by the API's own names and members. */
import type * as sdk from "@aws-sdk/client-kms"

type Sdk = typeof sdk

/** The name of an operation of the API. */
export type Name = keyof { [K in keyof Sdk as K extends `${infer Name}Command` ? Name : never]: true }

type Command<N extends Name> = `${N}Command` extends keyof Sdk
  ? Sdk[`${N}Command`] extends new(...args: never) => infer Made ? Made : never
  : never

/** An operation's request, with the AWS SDK's types: blobs are bytes, timestamps are dates. */
export type Input<N extends Name> = Command<N> extends { readonly input: infer Request } ? Request : never

type Handler<N extends Name> = Command<N> extends { resolveMiddleware(...args: never): infer Made } ? Made : never

/** An operation's reply. */
export type Output<N extends Name> = Handler<N> extends (...args: never) => Promise<{ output: infer Reply }> ? Reply
  : never

/** Who calls, and how. */
export interface Identity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly region: string
  /** How far the client's clock is off, in milliseconds. */
  readonly skew: number
}

/** A client that calls as one identity. */
export interface Caller {
  /** Rejects with ServiceError if the endpoint refuses. */
  readonly call: <N extends Name>(name: N, input: Input<N>) => Promise<Output<N>>
  /** All entries of a list, through the client's own paginator, `size` entries a page. `member` holds them. */
  readonly all: <N extends Name, M extends keyof Output<N>>(
    name: N,
    input: Input<N>,
    member: M,
    size: number
  ) => Promise<NonNullable<Output<N>[M]>>
}

/** What a client does, before its replies have the types of their operations. */
export interface Calling {
  readonly call: (name: Name, input: object) => Promise<unknown>
  readonly all: (name: Name, input: object, member: string, size: number) => Promise<unknown>
}

/** A caller out of untyped calls: what comes back is taken for what AWS's SDK says that it is. */
export const callerOf = (calling: Calling): Caller => {
  function call<N extends Name>(name: N, input: Input<N>): Promise<Output<N>>
  function call(name: Name, input: unknown): unknown {
    return calling.call(name, Object(input))
  }
  function all<N extends Name, M extends keyof Output<N>>(
    name: N,
    input: Input<N>,
    member: M,
    size: number
  ): Promise<NonNullable<Output<N>[M]>>
  function all(name: Name, input: unknown, member: PropertyKey, size: number): unknown {
    return calling.all(name, Object(input), String(member), size)
  }
  return { call, all }
}

/** Encrypts data of any size for the holders of a KMS key, and decrypts it. */
export interface Envelopes {
  readonly seal: (caller: Caller, keyId: string, plaintext: Uint8Array, context: Context) => Promise<Uint8Array>
  readonly open: (caller: Caller, message: Uint8Array) => Promise<Uint8Array>
}

/** An encryption context. */
export type Context = Readonly<Record<string, string>>

/** One column of the table. */
export interface Client {
  readonly name: string
  readonly as: (identity: Identity) => Caller
  readonly envelopes: Envelopes
  /** Whether it sets its clock by the endpoint's Date header when a signature is refused for its time. */
  readonly correctsClock: boolean
  readonly close: () => Promise<void>
}

/** A refusal, as the client shows it. */
export class ServiceError extends Error {
  /** AWS's name of it. */
  override readonly name: string
  /** Undefined where the client does not show it. */
  readonly status: number | undefined
  readonly requestId: string | undefined

  constructor(error: { name: string; message: string; status?: number | undefined; requestId?: string | undefined }) {
    super(error.message)
    this.name = error.name
    this.status = error.status
    this.requestId = error.requestId
  }
}
