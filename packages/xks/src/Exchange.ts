/**
 * One request to a proxy and its reply: signed, within its time, and of no more than so many bytes. Nothing is tried
 * twice: whoever called the KMS API may.
 */
import { type Connection, KeyStoreFailure } from "@keystead/core/custom-stores/KeyStoreProvider"
import { AwsV4Signer } from "aws4fetch"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

/** The service that signatures are made for. Source: AWS KMS external key store proxy API, "Authentication". */
const service = "kms-xks-proxy"

/** The longest reply that makes sense has 4,300 bytes in base64 and a few members more. */
const longestReply = 32 * 1024

/** How requests are sent. */
export interface Sending {
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds that a reply may take, with the making of the connection. */
  readonly timeout: number
}

/** What the proxy answered. */
export interface Reply {
  readonly status: number
  /** What the body is as JSON; undefined if it is none, or too long. */
  readonly body: unknown
}

const failure = (reason: KeyStoreFailure["reason"]) => new KeyStoreFailure({ reason })

/** `20261124T112051Z`. */
const dateTime = (millis: number): string => new Date(millis).toISOString().replaceAll(/[:-]|\.\d{3}/g, "")

const sign = (connection: Connection, url: string, body: string, now: number) =>
  new AwsV4Signer({
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    body,
    accessKeyId: connection.accessKeyId,
    secretAccessKey: Redacted.value(connection.secretAccessKey),
    service,
    region: connection.region,
    datetime: dateTime(now)
  }).sign()

/** The body, or undefined if it is longer than a reply may be: then the rest of it is not read. */
const readBody = async (response: Response): Promise<Uint8Array | undefined> => {
  const body = new Uint8Array(longestReply)
  let length = 0
  for (const reader = response.body?.getReader();;) {
    const chunk = await reader?.read()
    if (chunk?.value === undefined) return body.subarray(0, length)
    if (length + chunk.value.length > longestReply) {
      await reader?.cancel()
      return undefined
    }
    body.set(chunk.value, length)
    length += chunk.value.length
  }
}

const parse = (body: Uint8Array | undefined): unknown => {
  try {
    return body === undefined ? undefined : JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** Node, Deno and Bun tell the code of what went wrong below; browsers do not. */
const codeOf = (error: unknown): string => {
  const cause: unknown = error instanceof Error ? error.cause ?? error : undefined
  const code: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "code") : undefined
  return typeof code === "string" ? code : ""
}

/** What TLS and its certificates are called in such codes. */
const ofTls = /CERT|TLS|SSL|EPROTO|SIGNATURE/

const send = (sending: Sending, url: string, signed: { readonly headers: Headers }, body: string) =>
  Effect.tryPromise({
    try: async (signal): Promise<Reply> => {
      const { headers } = signed
      // What answers with another address is not the proxy that was named.
      const response = await sending.fetch(url, { method: "POST", headers, body, signal, redirect: "manual" })
      return { status: response.status, body: parse(await readBody(response)) }
    },
    catch: (error) => failure(ofTls.test(codeOf(error)) ? "Insecure" : "Unreachable")
  })

/** Posts a JSON object. Its failures are those of the way there: whatever comes back is a reply. */
export const post = Effect.fnUntraced(
  function*(sending: Sending, connection: Connection, url: string, content: object) {
    const body = JSON.stringify(content)
    const now = yield* Clock.currentTimeMillis
    const signed = yield* Effect.promise(() => sign(connection, url, body, now))
    return yield* Effect.timeoutOrElse(send(sending, url, signed, body), {
      duration: sending.timeout,
      orElse: () => Effect.fail(failure("TimedOut"))
    })
  }
)
