/** The least that a server on `node:http` does: it answers every request with the same, and looks at none. */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

const body = JSON.stringify({ CiphertextBlob: "A".repeat(252), KeyId: "A".repeat(75) })
const headers = { "content-type": "application/x-amz-json-1.1", "content-length": body.length }

const server = createServer((_, response) => response.writeHead(200, headers).end(body))
server.keepAliveTimeout = 600_000
server.listen(0, "127.0.0.1", () => {
  const { port }: AddressInfo = Object(server.address())
  console.log(`listening on http://127.0.0.1:${port}`)
})
