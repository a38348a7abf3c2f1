/** Serves pages and scripts on loopback, where a browser trusts them as it trusts HTTPS. */
import { createServer } from "node:http"

const types: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html; charset=utf-8",
  js: "text/javascript",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json"
}

/** Pages that are being served. */
export interface Pages {
  /** Such as `http://localhost:1234`. */
  readonly origin: string
  readonly close: () => Promise<void>
}

/** Serves each path, such as `/index.html`, with its content; `/` is `/index.html`. All else is not found. */
export const servePages = async (files: ReadonlyMap<string, string | Uint8Array>): Promise<Pages> => {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost")
    const path = pathname === "/" ? "/index.html" : pathname
    const content = files.get(path)
    const type = types[path.slice(path.lastIndexOf(".") + 1)] ?? "text/plain"
    response.writeHead(content === undefined ? 404 : 200, { "content-type": type, "cache-control": "no-store" })
    response.end(content ?? "Not found")
  })
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening))
  const address = server.address()
  return {
    origin: `http://localhost:${typeof address === "object" && address !== null ? address.port : 0}`,
    close: () =>
      new Promise((closed, failed) => {
        server.close((error) => error === undefined ? closed() : failed(error))
        server.closeAllConnections()
      })
  }
}
