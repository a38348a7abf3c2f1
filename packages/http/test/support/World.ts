/** A Keystead in memory, requests to it, and signatures by AWS's own code. */
import type { Caller } from "@keystead/core/domain/Caller"
import { Kms } from "@keystead/core/Kms"
import type { Credential } from "@keystead/http/auth/Credentials"
import type { Incoming } from "@keystead/http/Incoming"
import * as NodeKms from "@keystead/runtime-node/NodeKms"
import { HttpRequest } from "@smithy/protocol-http"
import { SignatureV4 } from "@smithy/signature-v4"
import { SignatureV4a } from "@smithy/signature-v4a"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { createHash, createHmac } from "node:crypto"

/** A Keystead that lives as long as the test file's process. */
export const makeKms = (): Promise<Kms["Service"]> => ManagedRuntime.make(NodeKms.layer()).runPromise(Kms)

/** The account's root. */
export const root: Caller = { principal: "arn:aws:iam::111122223333:root" }

/** An access key of it, as AWS's documentation writes them. */
export const accessKey: Credential = {
  accessKeyId: "AKIDEXAMPLE000000000",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  caller: root
}

/** The present of all tests. */
export const now = Date.UTC(2026, 10, 24, 10, 30, 0)

/** AWS's signers are told how to hash. */
class Sha256 {
  private readonly hash
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret instanceof ArrayBuffer ? new Uint8Array(secret) : secret as string | Uint8Array | undefined
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key)
  }
  update(data: Uint8Array | string): void {
    this.hash.update(data)
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()))
  }
  reset(): void {}
}

/** A request as tests make it. */
export interface Sent {
  readonly method: string
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array
}

/** A call of an operation, unsigned. */
export const call = (operation: string, input: unknown = {}, more: Partial<Sent> = {}): Sent => ({
  method: "POST",
  path: "/",
  query: {},
  body: JSON.stringify(input),
  ...more,
  headers: {
    host: "kms.eu-west-1.amazonaws.com",
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `TrentService.${operation}`,
    ...more.headers
  }
})

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)

/** The request as it arrives. */
export const arrived = ({ body, headers, method, path, query }: Sent): Incoming => ({
  method,
  path,
  query: Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&"),
  header: (name) => Object.hasOwn(headers, name) ? headers[name] : undefined,
  body: typeof body === "string" ? new TextEncoder().encode(body) : body
})

/** How a request is signed. */
export interface Signing {
  readonly credentials?: Pick<Credential, "accessKeyId" | "secretAccessKey" | "sessionToken">
  readonly at?: number
  readonly region?: string
  readonly service?: string
  readonly asymmetric?: boolean
}

const signerOf = ({ asymmetric, credentials = accessKey, region = "eu-west-1", service = "kms" }: Signing) => {
  const options = {
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken })
    },
    region,
    service,
    sha256: Sha256
  }
  return { options, asymmetric: asymmetric ?? false }
}

const requestOf = (sent: Sent) =>
  new HttpRequest({ ...sent, protocol: "https:", hostname: "kms.eu-west-1.amazonaws.com" })

const sentOf = (sent: Sent, signed: { query?: unknown; headers: Record<string, string> }): Sent => ({
  ...sent,
  query: (signed.query ?? {}) as Record<string, string>,
  headers: Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]))
})

/** The request with an Authorization header. */
export const signed = async (sent: Sent, signing: Signing = {}): Promise<Sent> => {
  const { asymmetric, options } = signerOf(signing)
  const signingDate = new Date(signing.at ?? now)
  const request = requestOf(sent)
  return sentOf(
    sent,
    asymmetric
      ? await new SignatureV4a(options).sign(request, { signingDate })
      : await new SignatureV4(options).sign(request, { signingDate })
  )
}

/** The request with a signature in its query. */
export const presigned = async (sent: Sent, expiresIn: number, signing: Signing = {}): Promise<Sent> => {
  const signer = new SignatureV4(signerOf(signing).options)
  const options = { signingDate: new Date(signing.at ?? now), expiresIn, unhoistableHeaders: new Set(["x-amz-target"]) }
  return sentOf(sent, await signer.presign(requestOf(sent), options))
}
