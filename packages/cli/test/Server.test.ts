/** The server against clients that are slow, silent, many, or speak something else. */
import { assert, describe, it } from "@effect/vitest"
import { defaultLimits, type Limits, listen } from "@keystead/cli/serve/Server"
import type { Endpoint } from "@keystead/http/Endpoint"
import { longestBody } from "@keystead/http/Incoming"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import * as Net from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/** Answers with what it was asked. */
const echo: Endpoint = async ({ body, header, method, path, query }) => ({
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({
    method,
    path,
    query,
    length: body.length,
    odd: [header("constructor") ?? null, header("x-odd") ?? null]
  })
})

const serving = async (limits: Partial<Limits> = {}, endpoint = echo) => {
  const { stop, url } = await Effect.runPromise(
    listen(endpoint, { host: "127.0.0.1", port: 0, limits: { ...defaultLimits, ...limits } })
  )
  const port = Number(new URL(url).port)
  const connect = async () => {
    const socket = Net.connect(port, "127.0.0.1")
    socket.on("error", () => {})
    await once(socket, "connect")
    return socket
  }
  return { url, port, connect, stop: () => Effect.runPromise(stop) }
}

/** Everything that comes until the connection ends. */
const rest = async (socket: Net.Socket): Promise<string> => {
  let text = ""
  socket.on("data", (piece: Buffer) => void (text += piece.toString()))
  await once(socket, "close")
  return text
}

const ok = async (url: string) => (await fetch(url, { method: "POST", body: "{}" })).status

describe("the server", () => {
  it("hands over the target and the headers as they came", async () => {
    const { connect, stop } = await serving()
    const socket = await connect()
    const reply = rest(socket)
    socket.end(
      "POST /a/../%62?q=%7e&r HTTP/1.1\r\nHost: h\r\nX-Odd: 1\r\nX-Odd: 2\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
    )
    assert.deepStrictEqual(JSON.parse((await reply).split("\r\n\r\n")[1] ?? ""), {
      method: "POST",
      path: "/a/../%62",
      query: "q=%7e&r",
      length: 2,
      odd: [null, "1, 2"]
    })
    await stop()
  })

  it("answers what is no HTTP with a typed 4xx, and closes", async () => {
    const { connect, stop, url } = await serving()
    const cases: ReadonlyArray<readonly [text: string, status: number]> = [
      ["hello\r\n\r\n", 400],
      ["POST / HTTP/9.9\r\n\r\n", 400],
      ["POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400],
      ["POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
      ["POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400],
      [`POST / HTTP/1.1\r\nX-Long: ${"a".repeat(20_000)}\r\n\r\n`, 431],
      ["POST / HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 400],
      ["\u0016\u0003\u0001\u0002\u0000\u0001", 400]
    ]
    for (const [text, status] of cases) {
      const socket = await connect()
      const reply = rest(socket)
      socket.write(text)
      const [head = "", body = ""] = (await reply).split("\r\n\r\n")
      assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} `), text)
      assert.strictEqual(JSON.parse(body).__type, "MalformedHttpRequestException")
    }
    assert.strictEqual(await ok(url), 200)
    await stop()
  })

  it("takes bodies of 1 MiB, and refuses longer ones with 413, announced or not", async () => {
    const { stop, url } = await serving()
    const send = async (body: RequestInit["body"]) => {
      const response = await fetch(url, { method: "POST", body, duplex: "half" } as RequestInit)
      return [response.status, (await response.json()).__type]
    }
    const pieces = (count: number) =>
      new ReadableStream({
        start: (controller) => {
          for (let piece = 0; piece < count; piece++) controller.enqueue(new Uint8Array(longestBody / 4))
          controller.close()
        }
      })
    assert.deepStrictEqual(await send(new Uint8Array(longestBody)), [200, undefined])
    assert.deepStrictEqual(await send(pieces(4)), [200, undefined])
    const refusal = [413, "RequestEntityTooLargeException"]
    assert.deepStrictEqual(await send(new Uint8Array(longestBody + 1)), refusal)
    assert.deepStrictEqual(await send(pieces(5)), refusal)
    const { connect, stop: stopOther } = await serving()
    const socket = await connect()
    const reply = rest(socket)
    socket.write(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000000\r\n\r\n`)
    assert.match(await reply, /^HTTP\/1\.1 413 /)
    await stop()
    await stopOther()
  })

  it("serves others while slow clients trickle and silent ones sit, and lets go of those", async () => {
    const { connect, stop, url } = await serving({ headers: 300, request: 600, idle: 300 })
    const slow = await Promise.all(Array.from({ length: 100 }, async (_, number) => {
      const socket = await connect()
      const reply = rest(socket)
      if (number % 4 === 1) socket.write("POST / HTTP/1.1\r\nHost: h\r\n")
      if (number % 4 === 2) socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n1")
      if (number % 4 === 3) socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
      const trickle = setInterval(() => number % 4 === 1 && socket.writable && socket.write("X: y\r\n"), 50)
      void reply.then(() => clearInterval(trickle))
      return { reply }
    }))
    for (let time = 0; time < 20; time++) assert.strictEqual(await ok(url), 200)
    const replies = await Promise.all(slow.map(({ reply }) => reply))
    for (const [number, text] of replies.entries()) {
      if (number % 4 === 1 || number % 4 === 2) assert.match(text, /^HTTP\/1\.1 408 [^]*RequestTimeoutException/)
      if (number % 4 === 3) assert.match(text, /^HTTP\/1\.1 200 /)
    }
    await stop()
  })

  it("takes so many connections and no more, and new ones when those have gone", async () => {
    const { connect, stop, url } = await serving({ connections: 5 })
    const sockets = await Promise.all(Array.from({ length: 5 }, connect))
    await sleep(50)
    const more = await connect()
    await once(more, "close")
    for (const socket of sockets) socket.destroy()
    await sleep(50)
    assert.strictEqual(await ok(url), 200)
    await stop()
  })

  it("survives clients that go away in the middle", async () => {
    const { connect, stop, url } = await serving()
    for (let time = 0; time < 50; time++) {
      const socket = await connect()
      socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n123")
      if (time % 2 === 0) socket.destroy()
      else socket.resetAndDestroy()
    }
    assert.strictEqual(await ok(url), 200)
    await stop()
  })
})

describe("its stop", () => {
  it("lets replies finish that are due, and requests that are on their way", async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const { connect, port, stop } = await serving({ lastRequests: 300 }, async (request) => {
      if (request.path === "/slow") await gate
      return echo(request)
    })
    const [slow, waiting, silent] = [await connect(), await connect(), await connect()]
    const replies = [slow, waiting, silent].map(rest)
    const ask = (path: string) => `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n`
    slow.write(ask("/slow"))
    waiting.write(ask("/first"))
    await once(waiting, "data")
    const stopped = stop()
    waiting.write(ask("/second"))
    const refused = Net.connect(port, "127.0.0.1")
    const [error]: Array<unknown> = await once(refused, "error").then(([error]: Array<unknown>) => [error])
    assert.propertyVal(error, "code", "ECONNREFUSED")
    assert.match(await (replies[1] ?? ""), /"\/first"[^]*connection: close[^]*"\/second"/i)
    assert.strictEqual(await replies[2], "")
    release()
    assert.match(await (replies[0] ?? ""), /connection: close[^]*"\/slow"/i)
    await stopped
  })

  it("waits for nobody for ever", async () => {
    const { connect, stop } = await serving({ lastRequests: 10, stop: 200 }, () => new Promise(() => {}))
    const socket = await connect()
    const reply = rest(socket)
    socket.write("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
    await sleep(50)
    await stop()
    assert.strictEqual(await reply, "")
  })
})
