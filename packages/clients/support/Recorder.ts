/**
 * Stands between a client and the endpoint, passes everything on byte for byte, and remembers what the endpoint said: so
 * that what is on the wire is checked also where a client does not show it.
 */
import { once } from "node:events"
import { createServer, type IncomingMessage, request as send } from "node:http"
import type { AddressInfo } from "node:net"
import { buffer } from "node:stream/consumers"

/** A reply, as it was on the wire. */
export interface Exchange {
  /** `TrentService.Encrypt` */
  readonly target: string | undefined
  readonly status: number
  readonly requestId: string | undefined
  readonly contentType: string | undefined
  readonly body: string
}

/** A recorder of one client. */
export interface Recorder {
  /** What the client is to use as its endpoint: it stays the same when the endpoint is another. */
  readonly url: string
  readonly exchanges: ReadonlyArray<Exchange>
  readonly pointTo: (endpoint: string) => void
  readonly close: () => Promise<void>
}

/** Starts one. */
export const record = async (endpoint: string): Promise<Recorder> => {
  const exchanges: Array<Exchange> = []
  let there = new URL(endpoint)
  const server = createServer((from, to) => {
    const { headers, method = "", url: path = "" } = from
    const onward = send({ host: there.hostname, port: there.port, path, method, headers })
    const passOn = async (reply: IncomingMessage): Promise<void> => {
      const body = await buffer(reply)
      exchanges.push({
        target: String(headers["x-amz-target"]),
        status: reply.statusCode ?? 0,
        requestId: reply.headers["x-amzn-requestid"]?.toString(),
        contentType: reply.headers["content-type"],
        body: body.toString()
      })
      to.writeHead(reply.statusCode ?? 0, reply.rawHeaders).end(body)
    }
    onward.on("response", (reply) => void passOn(reply).catch((error: Error) => to.destroy(error)))
    onward.on("error", (error) => to.destroy(error))
    from.pipe(onward)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port }: AddressInfo = Object(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    pointTo: (endpoint) => {
      there = new URL(endpoint)
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, "close")
    }
  }
}
