import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import { Kms } from "@keystead/core/Kms"
import { operations } from "@keystead/core/operations/Registry"
import { trustAll } from "@keystead/http/auth/Authenticate"
import { sigV4 } from "@keystead/http/auth/SigV4"
import { endpoint, type EndpointOptions, type Served } from "@keystead/http/Endpoint"
import type * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { accessKey, arrived, call, makeKms, now, type Sent, signed } from "./support/World.ts"

const kms = await makeKms()

const open: EndpointOptions = { authenticate: trustAll("111122223333", "eu-west-1") }

const asking = (options: EndpointOptions = open, service: Kms["Service"] = kms) => {
  const answer = endpoint(service, options)
  return async (sent: Sent) => {
    const { body = "", headers, status } = await answer(arrived(sent))
    return { status, headers, body, json: body === "" ? undefined : JSON.parse(body) }
  }
}

const ask = asking()

/** A Kms whose calls do this. */
const doing = (execute: Effect.Effect<never, unknown>) =>
  Kms.of({ ...kms, execute: () => execute as Effect.Effect<never> })

describe("a call", () => {
  it("is answered as AWS's JSON 1.1 has it: base64, seconds since 1970, a request id", async () => {
    const created = await ask(call("CreateKey"))
    assert.strictEqual(created.status, 200)
    assert.strictEqual(created.headers["content-type"], "application/x-amz-json-1.1")
    assert.match(created.headers["x-amzn-requestid"] ?? "", /^[0-9a-f-]{36}$/)
    const { Arn, CreationDate, KeyId } = created.json.KeyMetadata
    assert.match(Arn, /^arn:aws:kms:eu-west-1:111122223333:key\//)
    assert.isTrue(Number.isFinite(CreationDate))
    const encrypted = await ask(call("Encrypt", { KeyId, Plaintext: "c2VjcmV0", Unknown: 1, GrantTokens: null }))
    const decrypted = await ask(call("Decrypt", { CiphertextBlob: encrypted.json.CiphertextBlob }))
    assert.strictEqual(decrypted.json.Plaintext, "c2VjcmV0")
    const said = await ask(call("EnableKey", { KeyId }))
    assert.deepStrictEqual([said.status, said.body], [200, ""])
  })

  it("may be any of the registry's", async () => {
    for (const { name } of operations) {
      const { json, status } = await ask(call(name, { KeyId: "alias/none" }))
      assert.isBelow(status, 500, name)
      assert.notMatch(String(json?.__type), /^(UnknownOperation|UnsupportedOperation|Serialization|Malformed)/, name)
    }
  })

  it("fails with AWS's name, a message, and status 400", async () => {
    const missing = await ask(call("DescribeKey", { KeyId: "alias/none" }))
    assert.deepStrictEqual([missing.status, missing.json.__type], [400, "NotFoundException"])
    assert.isString(missing.json.message)
    const invalid = await ask(call("CreateAlias", { AliasName: "none" }))
    assert.deepStrictEqual([invalid.status, invalid.json.__type], [400, "ValidationException"])
    const type = await ask(call("Encrypt", { KeyId: "alias/none", Plaintext: "not base64!" }))
    assert.deepStrictEqual([type.status, type.json.__type], [400, "SerializationException"])
  })

  it("that meets what it should not says only that it did", async () => {
    const causes: Array<Cause.Cause<unknown>> = []
    const options: EndpointOptions = { ...open, defect: (cause) => void causes.push(cause) }
    for (const effect of [Effect.die(new Error("secret 1")), Effect.fail(new Error("secret 2")), Effect.interrupt]) {
      const { body, json, status } = await asking(options, doing(effect))(call("ListKeys"))
      assert.deepStrictEqual([status, json.__type], [500, "KMSInternalException"])
      assert.notMatch(body, /secret|\bat |Error:/)
    }
    assert.lengthOf(causes, 3)
    const thrown = await asking({ ...options, run: () => Promise.reject(new Error("secret 3")) })(call("ListKeys"))
    assert.strictEqual(thrown.status, 500)
  })
})

describe("a request that is none", () => {
  const wrong: ReadonlyArray<readonly [what: string, sent: Sent, status: number, type: string]> = [
    ["method", call("ListKeys", {}, { method: "GET" }), 405, "MalformedHttpRequestException"],
    ["method", call("ListKeys", {}, { method: "DELETE" }), 405, "MalformedHttpRequestException"],
    ["form", type("application/x-www-form-urlencoded"), 415, "MalformedHttpRequestException"],
    ["text", type("text/plain"), 415, "MalformedHttpRequestException"],
    ["JSON 1.0", type("application/x-amz-json-1.0"), 415, "MalformedHttpRequestException"],
    ["nothing", call("ListKeys", {}, { body: "" }), 400, "SerializationException"],
    ["half a text", call("ListKeys", {}, { body: `{"Limit": 1` }), 400, "SerializationException"],
    ["list", call("ListKeys", []), 400, "SerializationException"],
    ["null", call("ListKeys", null), 400, "SerializationException"],
    ["deep", call("ListKeys", {}, { body: `{"Limit":${"[".repeat(100_000)}` }), 400, "SerializationException"],
    ["bytes", call("ListKeys", {}, { body: Uint8Array.of(0x7b, 0xff, 0x7d) }), 400, "SerializationException"],
    ["target", target("ListKeys"), 400, "UnknownOperationException"],
    ["target", target("TrentService.List Keys"), 400, "UnknownOperationException"],
    ["target", target(`TrentService.${"A".repeat(129)}`), 400, "UnknownOperationException"],
    ["target", target("DynamoDB_20120810.ListTables"), 400, "UnknownOperationException"],
    ["target", target("TrentService.constructor"), 400, "UnsupportedOperationException"]
  ]

  function type(value: string): Sent {
    return call("ListKeys", {}, { headers: { "content-type": value } })
  }
  function target(value: string): Sent {
    return call("ListKeys", {}, { headers: { "x-amz-target": value } })
  }

  for (const [what, sent, status, type] of wrong) {
    it(`is refused with ${status} ${type}: ${what} ${sent.headers["x-amz-target"]?.slice(0, 40)}`, async () => {
      const reply = await ask(sent)
      assert.deepStrictEqual([reply.status, reply.json.__type], [status, type])
      assert.notMatch(reply.body, /\n|node_modules/)
    })
  }

  it("may have parameters in its media type, and be in capitals", async () => {
    assert.strictEqual((await ask(type("Application/X-AMZ-JSON-1.1; charset=utf-8"))).status, 200)
  })

  it("does not reach prototypes, nor break on lone surrogates", async () => {
    const body = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"Description":"\\ud800"}`
    const { status } = await ask(call("CreateKey", {}, { body }))
    assert.oneOf(status, [200, 400])
    assert.notProperty({}, "polluted")
    const pairs = `{"KeyId":"alias/none","Plaintext":"eA==","EncryptionContext":{"__proto__":"x"}}`
    assert.strictEqual((await ask(call("Encrypt", {}, { body: pairs }))).json.__type, "NotFoundException")
  })

  it("gets no 5xx, whatever it is", () => {
    const json = fc.json().map((text) => text.replace("alias", "a"))
    const body = fc.oneof(
      json,
      fc.string({ unit: "binary" }),
      fc.uint8Array(),
      fc.jsonValue().map((value) => JSON.stringify({ KeyId: value, Plaintext: value }))
    )
    const name = fc.oneof(fc.constantFrom(...operations.map((operation) => operation.name)), fc.string())
    return fc.assert(
      fc.asyncProperty(
        name,
        body,
        fc.constantFrom("POST", "GET", "PUT", "OPTIONS", ""),
        fc.webQueryParameters(),
        async (name, body, method, query) => {
          const reply = await ask(call(name, {}, { body, method, query: { [query]: query } }))
          assert.isBelow(reply.status, 500)
          if (reply.status >= 400) assert.isString(reply.json.__type)
        }
      ),
      { numRuns: 500 }
    )
  })
})

describe("too many requests", () => {
  it("are refused beyond the endpoint's concurrency, and no others", async () => {
    let release = () => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const waiting = Kms.of({ ...kms, named: (name) => Effect.andThen(Effect.promise(() => gate), kms.named(name)) })
    const ask = asking({ ...open, concurrency: 3 }, waiting)
    const first = [1, 2, 3].map(() => ask(call("ListKeys")))
    const more = await Promise.all([1, 2].map(() => ask(call("ListKeys"))))
    assert.deepStrictEqual(more.map(({ json, status }) => [status, json.__type]), [[400, "ThrottlingException"], [
      400,
      "ThrottlingException"
    ]])
    release()
    assert.deepStrictEqual((await Promise.all(first)).map(({ status }) => status), [200, 200, 200])
    assert.strictEqual((await ask(call("ListKeys"))).status, 200)
  })

  it("count no more when they failed", async () => {
    const ask = asking({ ...open, concurrency: 1, defect: () => {} }, doing(Effect.die("no")))
    for (let time = 0; time < 3; time++) assert.strictEqual((await ask(call("ListKeys"))).status, 500)
  })
})

describe("pages of the web", () => {
  const from = (origin: string, more: Partial<Sent> = {}) =>
    call("ListKeys", {}, { ...more, headers: { origin, ...more.headers } })

  it("may not ask, unless their origin is named", async () => {
    const foreign = await ask(from("https://evil.example"))
    assert.deepStrictEqual([foreign.status, foreign.json.__type], [403, "AccessDeniedException"])
    assert.notProperty(foreign.headers, "access-control-allow-origin")
    const named = asking({ ...open, origins: ["https://app.example"] })
    const friend = await named(from("https://app.example"))
    assert.strictEqual(friend.status, 200)
    assert.strictEqual(friend.headers["access-control-allow-origin"], "https://app.example")
    assert.strictEqual(friend.headers["vary"], "origin")
    for (const origin of ["https://app.example.evil", "http://app.example", "null"]) {
      assert.strictEqual((await named(from(origin))).status, 403)
    }
    assert.strictEqual((await asking({ ...open, origins: "*" })(from("https://any.example"))).status, 200)
  })

  it("are told beforehand what they may send", async () => {
    const named = asking({ ...open, origins: ["https://app.example"] })
    const headers = {
      "access-control-request-method": "POST",
      "access-control-request-headers": "x-amz-target,authorization"
    }
    const preflight = await named(from("https://app.example", { method: "OPTIONS", headers }))
    assert.deepStrictEqual([preflight.status, preflight.body], [204, ""])
    assert.strictEqual(preflight.headers["access-control-allow-headers"], "x-amz-target,authorization")
    assert.strictEqual(preflight.headers["access-control-allow-methods"], "POST")
    assert.strictEqual((await named(from("https://evil.example", { method: "OPTIONS", headers }))).status, 403)
  })

  it("reach it under its own names only, if they are given", async () => {
    const named = asking({ ...open, hosts: ["localhost", "[::1]"], origins: "*" })
    const status = async (host: string) => (await named(call("ListKeys", {}, { headers: { host } }))).status
    assert.deepStrictEqual(await Promise.all(["localhost", "LOCALHOST:8080", "[::1]:8080"].map(status)), [
      200,
      200,
      200
    ])
    const foreign = ["evil.example", "evil.example:8080", "localhost.evil.example", "", "localhost:x", "127.0.0.1"]
    for (const host of foreign) assert.strictEqual(await status(host), 403, host)
    const preflight = await named(from("https://a.example", { method: "OPTIONS", headers: { host: "evil.example" } }))
    assert.strictEqual(preflight.status, 403)
  })
})

describe("whoever watches", () => {
  it("is told of each request", async () => {
    const all: Array<Served> = []
    const ask = asking({ ...open, served: (served) => void all.push(served) })
    const { headers } = await ask(call("ListKeys"))
    await ask(call("DescribeKey", { KeyId: "alias/none" }))
    await ask(call("ListKeys", {}, { headers: { "x-amz-target": "no" } }))
    assert.deepStrictEqual(
      all.map(({ error, operation, status }) => [operation, status, error]),
      [["ListKeys", 200, undefined], ["DescribeKey", 400, "NotFoundException"], [
        undefined,
        400,
        "UnknownOperationException"
      ]]
    )
    assert.strictEqual(all[0]?.requestId, headers["x-amzn-requestid"])
    for (const { duration } of all) assert.isAtLeast(duration, 0)
  })

  it("gets an audit event of each refusal, and the caller learns nothing from it", async () => {
    const events: Array<AuditEvent> = []
    const ask = asking({
      authenticate: sigV4({ credentials: () => Effect.succeed(accessKey), now: () => now }),
      audit: (event) => Effect.sync(() => void events.push(event))
    })
    assert.strictEqual((await ask(await signed(call("ListKeys")))).status, 200)
    assert.lengthOf(events, 0)
    const wrong = { ...accessKey, secretAccessKey: "wrong" }
    const refused = await ask(await signed(call("ListKeys"), { credentials: wrong }))
    assert.strictEqual(refused.json.__type, "InvalidSignatureException")
    await ask(call("ListKeys"))
    assert.deepStrictEqual(
      events.map(({ errorCode, eventName, requestParameters }) => [eventName, errorCode, requestParameters]),
      [["ListKeys", "InvalidSignatureException", null], ["ListKeys", "MissingAuthenticationTokenException", null]]
    )
    assert.strictEqual(events[0]?.requestID, refused.headers["x-amzn-requestid"])
  })

  it("may ask for its health", async () => {
    const reply = await ask(call("", {}, { method: "GET", path: "/health", body: "", headers: { host: "anything" } }))
    assert.deepStrictEqual([reply.status, reply.json], [200, { status: "ok" }])
    assert.strictEqual((await ask(call("", {}, { method: "GET", path: "/" }))).status, 405)
  })

  it("has the request's Region from its signature's scope, even where nobody checks it", async () => {
    const { json } = await ask(await signed(call("CreateKey"), { region: "ap-south-1" }))
    assert.match(json.KeyMetadata.Arn, /:ap-south-1:/)
    const none = await ask(await signed(call("CreateKey"), { region: "a:b" }))
    assert.strictEqual(none.json.__type, "InvalidSignatureException")
    const narrow = asking({ authenticate: trustAll("111122223333", "eu-west-1", ["eu-west-1"]) })
    assert.strictEqual((await narrow(await signed(call("CreateKey")))).status, 200)
    assert.match((await narrow(await signed(call("CreateKey"), { region: "ap-south-1" }))).json.message, /eu-west-1/)
  })
})
