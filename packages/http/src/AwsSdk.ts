/**
 * A request handler for the AWS SDK for JavaScript, so that its clients talk to a Keystead in the same process, without a
 * port: `new KMSClient({ region, credentials, requestHandler: requestHandler(kms, options) })`.
 */
import type { Kms } from "@keystead/core/Kms"
import * as Utf8 from "@keystead/core/Utf8"
import { endpoint, type EndpointOptions } from "./Endpoint.ts"

/** What the SDK hands to its request handler: the part of `@smithy/protocol-http`'s HttpRequest that is looked at. */
export interface SdkRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | ReadonlyArray<string> | null>> | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What it takes back. */
export interface SdkResponse {
  readonly response: {
    readonly statusCode: number
    readonly headers: Record<string, string>
    readonly body: Uint8Array
  }
}

/** A request handler of the AWS SDK for JavaScript, version 3. */
export interface SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string }
  readonly handle: (request: SdkRequest) => Promise<SdkResponse>
  readonly updateHttpClientConfig: () => void
  readonly httpHandlerConfigs: () => Record<string, never>
  readonly destroy: () => void
}

const bytesOf = (body: unknown): Uint8Array => {
  if (body === undefined || body === null) return new Uint8Array(0)
  if (typeof body === "string") return Utf8.encode(body)
  if (body instanceof Uint8Array) return body
  throw new TypeError("Requests of the KMS client have bodies of text or bytes")
}

const queryOf = (query: SdkRequest["query"]): string =>
  Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) =>
      one === null ? encodeURIComponent(name) : `${encodeURIComponent(name)}=${encodeURIComponent(one)}`
    )
  ).join("&")

/** The handler. Signatures are checked as the options say; `trustAll` spares them. */
export const requestHandler = (kms: Kms["Service"], options: EndpointOptions): SdkRequestHandler => {
  const answer = endpoint(kms, options)
  return {
    metadata: { handlerProtocol: "keystead" },
    handle: async ({ body, headers, method, path, query }) => {
      const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
      const reply = await answer({
        method,
        path,
        query: queryOf(query),
        header: (name) => named.get(name),
        body: bytesOf(body)
      })
      return {
        response: {
          statusCode: reply.status,
          headers: { ...reply.headers },
          body: Utf8.encode(reply.body ?? "")
        }
      }
    },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    destroy: () => undefined
  }
}
