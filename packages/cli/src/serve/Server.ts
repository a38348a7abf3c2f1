/** An HTTP server for an endpoint, with limits against clients that are slow, silent or many, and a stop that loses nothing. */
import { type Answer, type Endpoint, unread } from "@keystead/http/Endpoint"
import type { Incoming } from "@keystead/http/Incoming"
import { Refused } from "@keystead/http/Refused"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Http from "node:http"
import * as Https from "node:https"
import { Server as NetServer, type Socket } from "node:net"
import * as Body from "./Body.ts"
import * as Connections from "./Connections.ts"

/** Times in milliseconds. */
export interface Limits {
  /** From the connection's beginning to the end of a request's headers. */
  readonly headers: number
  /** From there to the end of its body. */
  readonly request: number
  /** Between two requests of a connection. */
  readonly idle: number
  /** Connections at a time. More are closed at once. */
  readonly connections: number
  /** After the order to stop, clients that have connections may still send what is on its way. */
  readonly lastRequests: number
  /** After which a stop waits for nobody. */
  readonly stop: number
}

/** What an endpoint keeps to. */
export const defaultLimits: Limits = {
  headers: 10_000,
  request: 30_000,
  idle: 65_000,
  connections: 4096,
  lastRequests: 500,
  stop: 10_000
}

/** Where to listen. */
export interface ServerOptions {
  readonly host: string
  /** 0 takes one that is free. */
  readonly port: number
  /** A certificate chain and its private key, as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly limits?: Limits
}

/** Nobody can listen there. */
export class ListenError extends Data.TaggedError("ListenError")<{ readonly message: string }> {}

/** A server that listens. */
export interface Listening {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string
  /** Takes no more connections, replies to what came, and closes. */
  readonly stop: Effect.Effect<void>
}

const incomingOf = (request: Http.IncomingMessage, body: Uint8Array): Incoming => {
  const { headers, method = "", url = "/" } = request
  const question = url.indexOf("?")
  return {
    method,
    path: question < 0 ? url : url.slice(0, question),
    query: question < 0 ? "" : url.slice(question + 1),
    header: (name) => {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined
      return typeof value === "string" ? value : value?.join(",")
    },
    body
  }
}

const send = (response: Http.ServerResponse, { body, headers, status }: Answer): void => {
  if (body === undefined) response.writeHead(status, headers).end()
  else response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body)
}

const malformed = (message: string, status: number) =>
  new Refused({ code: "MalformedHttpRequestException", message, status })

/** What is no HTTP, or did not come in time. */
const problemOf = (error: Error): Refused => {
  switch ("code" in error ? error.code : undefined) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new Refused({ code: "RequestTimeoutException", message: "The request took too long.", status: 408 })
    case "HPE_HEADER_OVERFLOW":
      return malformed("The headers of the request are too long.", 431)
    default:
      return malformed("The request is not HTTP.", 400)
  }
}

const raw = ({ body = "", headers, status }: Answer): string =>
  [
    `HTTP/1.1 ${status} ${Http.STATUS_CODES[status] ?? ""}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    "",
    body
  ].join("\r\n")

const create = ({ limits = defaultLimits, tls }: ServerOptions): Http.Server | Https.Server => {
  const options: Http.ServerOptions = {
    headersTimeout: limits.headers,
    requestTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    connectionsCheckingInterval: Math.min(1000, limits.headers),
    keepAlive: true,
    noDelay: true,
    requireHostHeader: false
  }
  const server = tls === undefined
    ? Http.createServer(options)
    : Https.createServer({ ...options, ...tls, minVersion: "TLSv1.2", handshakeTimeout: limits.headers })
  server.maxConnections = limits.connections
  // A client that does not take its reply.
  server.setTimeout(limits.idle + limits.request)
  return server
}

const listening = (server: NetServer, { host, port }: ServerOptions): Effect.Effect<number, ListenError> =>
  Effect.callback((resume) => {
    server.once("error", (error) => {
      const code = "code" in error ? String(error.code) : error.name
      const why = code === "EADDRINUSE"
        ? "another program listens there. Choose another --port"
        : `${code}. Check --host`
      resume(Effect.fail(new ListenError({ message: `Cannot listen on ${host}, port ${port}: ${why}.` })))
    })
    server.listen({ host: host.replace(/^\[(.*)\]$/, "$1"), port }, () => {
      const address = server.address()
      resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : port))
    })
  })

const stopping = (server: NetServer, connections: Connections.Connections, limits: Limits): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const idle = setTimeout(connections.closeIdle, limits.lastRequests)
    const late = setTimeout(connections.closeAll, limits.stop)
    // The HTTP server's own way to close would cut connections on which a request is on its way.
    NetServer.prototype.close.call(server, () => {
      clearTimeout(idle)
      clearTimeout(late)
      resume(Effect.void)
    })
  })

/** Serves an endpoint until it is stopped. ListenError if nobody can listen there. */
export const listen = Effect.fnUntraced(function*(endpoint: Endpoint, options: ServerOptions) {
  const { host, limits = defaultLimits, tls } = options
  const server = yield* Effect.try({
    try: () => create(options),
    catch: () => new ListenError({ message: "The certificate and the key do not fit. Check --cert and --key." })
  })
  const connections = Connections.of(server, tls === undefined ? "connection" : "secureConnection")
  const readBody = Body.reader()
  let stopped = false

  const reply = async (request: Http.IncomingMessage): Promise<Answer> => {
    const body = await readBody(request)
    if (request.headers.host === undefined) return unread(malformed("The request has no Host header.", 400))
    return endpoint(incomingOf(request, body))
  }
  const replyTo = async (request: Http.IncomingMessage, response: Http.ServerResponse): Promise<void> => {
    try {
      const answer = await reply(request)
      if (stopped) response.shouldKeepAlive = false
      send(response, answer)
    } catch (error) {
      response.shouldKeepAlive = false
      if (error instanceof Refused) send(response, unread(error))
      else response.destroy()
    }
  }
  server.on("request", (request, response) => {
    connections.begin(response)
    void replyTo(request, response)
  })
  server.on("clientError", (error: Error, socket: Socket) => {
    if (!socket.writable || connections.replying(socket)) socket.destroy()
    else socket.end(raw(unread(problemOf(error))), () => socket.destroy())
  })

  const port = yield* listening(server, options)
  const listener: Listening = {
    url: `${tls === undefined ? "http" : "https"}://${
      host.includes(":") && !host.startsWith("[") ? `[${host}]` : host
    }:${port}`,
    stop: Effect.suspend(() => {
      stopped = true
      return stopping(server, connections, limits)
    })
  }
  return listener
})
