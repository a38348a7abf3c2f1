import { assert, describe, it } from "@effect/vitest"
import { trustAll } from "@keystead/http/auth/Authenticate"
import { sigV4 } from "@keystead/http/auth/SigV4"
import { handler } from "@keystead/http/Handler"
import { longestBody } from "@keystead/http/Incoming"
import * as Effect from "effect/Effect"
import { accessKey, call, makeKms, now, type Sent, signed } from "./support/World.ts"

const kms = await makeKms()
const open = handler(kms, { authenticate: trustAll("111122223333", "eu-west-1") })

const requestOf = ({ body, headers, method, path }: Sent): Request =>
  new Request(`https://kms.eu-west-1.amazonaws.com${path}`, {
    method,
    headers,
    body: typeof body === "string" ? body : new Uint8Array(body)
  })

const replied = async (response: Response) => {
  const text = await response.text()
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text), headers: response.headers }
}

/** A body that tells no length. */
const streamed = (pieces: number, size: number, more: Partial<RequestInit> = {}) => {
  let left = pieces
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (left-- > 0) controller.enqueue(new Uint8Array(size).fill(0x20))
      else controller.close()
    },
    cancel: () => {
      cancelled = true
    }
  })
  const init = { method: "POST", headers: call("ListKeys").headers, body, duplex: "half", ...more }
  return { request: new Request("https://kms.eu-west-1.amazonaws.com/", init), wasCancelled: () => cancelled }
}

describe("a web-standard request", () => {
  it("gets its reply, signed and all", async () => {
    const closed = handler(kms, {
      authenticate: sigV4({ credentials: () => Effect.succeed(accessKey), now: () => now })
    })
    const sent = await signed(call("GenerateRandom", { NumberOfBytes: 8 }))
    const { headers, json, status } = await replied(await closed(requestOf(sent)))
    assert.strictEqual(status, 200)
    assert.lengthOf(Buffer.from(json.Plaintext, "base64"), 8)
    assert.match(headers.get("x-amzn-requestid") ?? "", /^[0-9a-f-]{36}$/)
    const changed = await replied(await closed(requestOf({ ...sent, body: `${String(sent.body)} ` })))
    assert.strictEqual(changed.json.__type, "InvalidSignatureException")
    // Header names that fetch would not take are no reason to fail otherwise than by refusal.
    const authorization = (sent.headers["authorization"] ?? "").replace("host;", "host;(;")
    const odd = await replied(await closed(requestOf({ ...sent, headers: { ...sent.headers, authorization } })))
    assert.strictEqual(odd.json.__type, "IncompleteSignatureException")
  })

  it("has a body of at most 1 MiB, whether it says so or not", async () => {
    const exact = `${" ".repeat(longestBody - 2)}{}`
    assert.strictEqual((await open(requestOf(call("ListKeys", {}, { body: exact })))).status, 200)
    const long = await replied(await open(requestOf(call("ListKeys", {}, { body: `${exact} ` }))))
    assert.deepStrictEqual([long.status, long.json.__type], [413, "RequestEntityTooLargeException"])
    const { request, wasCancelled } = streamed(100, 64 * 1024)
    assert.strictEqual((await open(request)).status, 413)
    assert.isTrue(wasCancelled())
    assert.strictEqual((await replied(await open(streamed(4, 1024).request))).json.__type, "SerializationException")
  })

  it("has a body also where its stream cannot be iterated over, as in Safari, or is not there at all, as in Firefox", async () => {
    const uniterable = () => {
      const { request, wasCancelled } = streamed(100, 64 * 1024)
      Object.defineProperty(request.body, Symbol.asyncIterator, { value: undefined })
      return { request, wasCancelled }
    }
    const { request, wasCancelled } = uniterable()
    assert.strictEqual((await open(request)).status, 413)
    assert.isTrue(wasCancelled())
    const bodiless = (size: number) => {
      const { request } = streamed(1, size)
      const arrayBuffer = () => new Response(`${" ".repeat(size - 2)}{}`).arrayBuffer()
      return Object.defineProperties(request, { body: { value: undefined }, arrayBuffer: { value: arrayBuffer } })
    }
    assert.strictEqual((await open(bodiless(1024))).status, 200)
    assert.strictEqual((await open(bodiless(longestBody + 1))).status, 413)
  })

  it("may announce less than it brings, and is read no further than it may be long", async () => {
    const headers = { ...call("ListKeys").headers, "content-length": "2" }
    const { request } = streamed(100, 64 * 1024, { headers })
    assert.strictEqual((await open(request)).status, 413)
  })

  it("that breaks off gets a 4xx", async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error("secret")) })
    const init = { method: "POST", headers: call("ListKeys").headers, body, duplex: "half" }
    const { json, status } = await replied(await open(new Request("https://localhost/", init)))
    assert.deepStrictEqual([status, json], [400, {
      __type: "MalformedHttpRequestException",
      message: "The request could not be read."
    }])
  })

  it("may be a preflight, or ask for health", async () => {
    const app = handler(kms, { authenticate: trustAll("111122223333", "eu-west-1"), origins: "*" })
    const preflight = await app(
      new Request("https://localhost/", { method: "OPTIONS", headers: { origin: "https://a.example" } })
    )
    assert.deepStrictEqual([preflight.status, await preflight.text()], [204, ""])
    assert.deepStrictEqual((await replied(await open(new Request("https://localhost/health")))).json, { status: "ok" })
  })
})
