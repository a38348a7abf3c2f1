/** `keystead serve`, as processes that AWS's client and others talk to. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import * as Http from "node:http"
import * as Https from "node:https"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll } from "vitest"
import * as Certificate from "./support/Certificate.ts"
import { accessKeyOf, clientOf, makePlace, post } from "./support/Endpoint.ts"
import * as Process from "./support/Process.ts"

/** Processes start slowly on a machine that has much to do. */
const patience = 60_000

let place: Awaited<ReturnType<typeof makePlace>>
beforeAll(async () => {
  place = await makePlace()
}, patience)
afterAll(() => place.close())

const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "done",
    (error: unknown) => error instanceof Error ? error.name : String(error)
  )

/** Tries again until it is so, at most ten seconds. */
const until = async (test: () => boolean | Promise<boolean>): Promise<void> => {
  for (let times = 0; times < 200; times++) {
    if (await test()) return
    await sleep(50)
  }
  assert.fail("it never came to be")
}

describe("the first start", { timeout: patience }, () => {
  it("makes an access key in a file of its owner's, and says how to use it but not its secret", async () => {
    const first = await place.serve([])
    const path = place.file("store.credentials")
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    const key = accessKeyOf(path)
    const kms = clientOf(first.url, key)
    const { KeyMetadata } = await kms.createKey({})
    assert.match(KeyMetadata?.Arn ?? "", /^arn:aws:kms:eu-west-1:111122223333:/)
    assert.lengthOf((await clientOf(first.url, key, "us-east-2").listKeys({})).Keys ?? [], 0)
    assert.strictEqual((await fetch(`${first.url}/health`)).status, 200)
    const { code, err, out } = await first.stop()
    assert.deepStrictEqual([code, out.toString()], [0, `listening on ${first.url}\n`])
    for (const word of [first.url, key.accessKeyId, path]) assert.include(err, word)
    assert.notInclude(err, key.secretAccessKey)

    const second = await place.serve(["--region", "eu-west-1"])
    assert.lengthOf((await clientOf(second.url, key).listKeys({})).Keys ?? [], 1)
    assert.strictEqual(
      await rejection(clientOf(second.url, key, "us-east-2").listKeys({})),
      "InvalidSignatureException"
    )
    assert.deepStrictEqual(await second.stop("SIGINT").then(({ code, err }) => [code, err]), [0, ""])
    assert.deepStrictEqual(accessKeyOf(path), key)
  })

  it("keeps it in a temporary file for a store in memory, and removes that at the end", async () => {
    const endpoint = await place.serve(["--memory", "--account", "444455556666"])
    await until(() => endpoint.said().includes("aws kms"))
    const path = /kept in (\S+),/.exec(endpoint.said())?.[1] ?? ""
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    const { KeyMetadata } = await clientOf(endpoint.url, accessKeyOf(path)).createKey({})
    assert.strictEqual(KeyMetadata?.AWSAccountId, "444455556666")
    assert.strictEqual((await endpoint.stop()).code, 0)
    assert.isFalse(existsSync(path))
    assert.deepStrictEqual(readdirSync(place.folder).filter((name) => name.startsWith("keystead-")), [])
  })
})

describe("the audit file", { timeout: patience }, () => {
  it("has every call and every refusal, in a chain that shows what was changed", async () => {
    const path = place.file("audit.jsonl")
    const credentials = place.file("audited.credentials")
    const endpoint = await place.serve(["--memory", "--credentials", credentials, "--audit", path])
    const key = accessKeyOf(credentials)
    await clientOf(endpoint.url, key).createKey({ Description: "audited" })
    const wrong = clientOf(endpoint.url, { ...key, secretAccessKey: "another-secret-than-the-one-of-the-key" })
    assert.strictEqual(await rejection(wrong.listKeys({})), "InvalidSignatureException")
    assert.strictEqual((await endpoint.stop()).code, 0)
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    const text = readFileSync(path, "utf8")
    assert.notInclude(text, key.secretAccessKey)
    const entries = text.trimEnd().split("\n").map((line) => JSON.parse(line))
    assert.deepStrictEqual(
      entries.map(({ event, sequence }) => [sequence, event.eventName, event.errorCode ?? ""]),
      [[0, "CreateKey", ""], [1, "ListKeys", "InvalidSignatureException"]]
    )
    const verify = () => Process.ended(Process.start(place.file("keystead.js"), ["audit", "verify", "--in", path], {}))
    assert.strictEqual((await verify()).code, 0)
    writeFileSync(path, text.replace("audited", "altered"))
    const { code, err } = await verify()
    assert.deepStrictEqual([code, err], [5, `keystead: Line 1 of ${path} does not follow: it was altered.\n`])
    writeFileSync(path, `${text.split("\n")[1]}\n`)
    assert.strictEqual((await verify()).code, 5)
  })
})

describe("the credentials file", { timeout: patience }, () => {
  it("is read again when it changes; a version that cannot be used is told once, and does not count", async () => {
    const path = place.file("credentials.json")
    const key = (accessKeyId: string, more: object = {}) => ({
      accessKeyId,
      secretAccessKey: "secret-of-the-first-access-key",
      principal: "arn:aws:iam::111122223333:root",
      ...more
    })
    const write = (...accessKeys: ReadonlyArray<object>) =>
      writeFileSync(path, JSON.stringify({ accessKeys }), { mode: 0o600 })
    const [one, two] = [key("KSTDONE0000000000000"), key("KSTDTWO0000000000000")]
    const reader = key("KSTDREADER0000000000", {
      principal: "arn:aws:iam::111122223333:user/reader",
      identityPolicies: [{
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "kms:ListKeys", Resource: "*" }
      }]
    })
    write(one)
    const endpoint = await place.serve(["--memory", "--credentials", path])
    const answer = (key: typeof one) => rejection(clientOf(endpoint.url, key).listKeys({}))
    assert.deepStrictEqual([await answer(one), await answer(two)], ["done", "UnrecognizedClientException"])

    write(two, reader)
    await until(async () => await answer(two) === "done")
    assert.strictEqual(await answer(one), "UnrecognizedClientException")
    assert.strictEqual(await answer(reader), "done")
    assert.strictEqual(await rejection(clientOf(endpoint.url, reader).createKey({})), "AccessDeniedException")

    writeFileSync(path, `{"accessKeys":[{"secretAccessKey":"secret-of`)
    await until(async () => await answer(two) === "done" && endpoint.said() !== "")
    assert.match(
      endpoint.said(),
      /^Cannot use the credentials file \S+: it is not JSON. The access keys stay as they were.\n$/
    )
    write(one)
    chmodSync(path, 0o644)
    await until(async () => await answer(two) === "done" && /chmod 600/.test(endpoint.said()))
    chmodSync(path, 0o600)
    await until(async () => await answer(one) === "done")
    assert.notInclude(endpoint.said(), "secret-of")
    assert.strictEqual((await endpoint.stop()).code, 0)
  })

  it("must be its owner's alone", async () => {
    const path = place.file("open.json")
    writeFileSync(path, "{}", { mode: 0o644 })
    const { code, err } = await Process.ended(place.start(["--memory", "--credentials", path]))
    assert.strictEqual(code, 7)
    assert.match(err, /^keystead: [^\n]*others than its owner[^\n]*\n$/)
  })
})

describe("without signatures", { timeout: patience }, () => {
  it("everybody on this machine is the account's root, and no page of the web is", async () => {
    const { stop, url } = await place.serve(["--memory", "--auth", "none", "--region", "eu-west-1"])
    assert.match(await (await post(url, "CreateKey")).text(), /:eu-west-1:111122223333:/)
    const foreign = await post(url, "ListKeys", { origin: "https://evil.example" })
    assert.deepStrictEqual([foreign.status, (await foreign.json()).__type], [403, "AccessDeniedException"])
    const form = await post(url, "ListKeys", { "content-type": "text/plain" })
    assert.strictEqual(form.status, 415)
    const request = Http.request(url, {
      method: "POST",
      headers: {
        host: "evil.example",
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "TrentService.ListKeys"
      }
    })
    request.end("{}")
    const [rebound]: Array<Http.IncomingMessage> = await once(request, "response")
    assert.strictEqual(rebound?.statusCode, 403)
    rebound?.resume()
    const other = await place.serve(["--memory", "--auth", "none", "--host", "127.0.0.2"])
    assert.strictEqual((await post(other.url, "ListKeys")).status, 200)
    await other.stop()
    assert.strictEqual((await stop()).code, 0)
  })
})

describe("pages of the origins that are named", { timeout: patience }, () => {
  it("may ask, and no others", async () => {
    const origins = ["http://localhost:8090", "https://app.example.com"] as const
    const flags = origins.flatMap((origin) => ["--cors", origin])
    const { stop, url } = await place.serve(["--memory", "--auth", "none", ...flags])
    for (const origin of origins) {
      const reply = await post(url, "ListKeys", { origin })
      assert.deepStrictEqual([reply.status, reply.headers.get("access-control-allow-origin")], [200, origin])
    }
    const before = await fetch(url, {
      method: "OPTIONS",
      headers: { origin: origins[1], "access-control-request-headers": "authorization,x-amz-target" }
    })
    assert.deepStrictEqual(
      [before.status, before.headers.get("access-control-allow-headers")],
      [204, "authorization,x-amz-target"]
    )
    assert.strictEqual((await post(url, "ListKeys", { origin: "https://other.example.com" })).status, 403)
    assert.strictEqual((await stop()).code, 0)
    for (const wrong of ["app.example.com", "https://app.example.com/console", "*"]) {
      assert.strictEqual((await Process.ended(place.start(["--memory", "--cors", wrong]))).code, 2, wrong)
    }
  })
})

describe("a stop", { timeout: patience }, () => {
  it("under load loses no request that was accepted", async () => {
    const endpoint = await place.serve(["--memory", "--auth", "none"])
    const outcomes = { before: 0, after: 0, refused: 0, lost: new Array<string>() }
    let stopping = false
    const ask = (agent: Http.Agent) =>
      new Promise<number>((resolve, reject) => {
        const request = Http.request(endpoint.url, {
          agent,
          method: "POST",
          headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "TrentService.CreateKey" }
        }, (response) => response.resume().once("end", () => resolve(response.statusCode ?? 0)).once("error", reject))
        request.once("error", reject).end("{}")
      })
    const client = async () => {
      const agent = new Http.Agent({ keepAlive: true, maxSockets: 1 })
      for (;;) {
        try {
          const status = await ask(agent)
          if (status !== 200) outcomes.lost.push(String(status))
          if (stopping) outcomes.after++
          else outcomes.before++
        } catch (error) {
          const code = error instanceof Error && "code" in error ? error.code : error
          if (stopping && code === "ECONNREFUSED") outcomes.refused++
          else outcomes.lost.push(String(code))
          return
        }
      }
    }
    const clients = Array.from({ length: 20 }, client)
    await until(() => outcomes.before > 200)
    const stopped = endpoint.stop()
    stopping = true
    await Promise.all(clients)
    assert.deepStrictEqual(outcomes.lost, [])
    assert.strictEqual(outcomes.refused, 20)
    assert.isAbove(outcomes.after, 0)
    assert.strictEqual((await stopped).code, 0)
  })
})

describe("what else it can", { timeout: patience }, () => {
  it("TLS", async () => {
    writeFileSync(place.file("cert.pem"), Certificate.cert)
    writeFileSync(place.file("key.pem"), Certificate.key)
    const tls = ["--cert", place.file("cert.pem"), "--key", place.file("key.pem")]
    const { stop, url } = await place.serve(["--memory", "--auth", "none", "--host", "localhost", ...tls])
    assert.match(url, /^https:\/\/localhost:/)
    const request = Https.get(`${url}/health`, { ca: Certificate.cert })
    const [response]: Array<Http.IncomingMessage> = await once(request, "response")
    assert.strictEqual(response?.statusCode, 200)
    response?.resume()
    assert.strictEqual((await stop()).code, 0)
    const wrong = ["--cert", place.file("key.pem"), "--key", place.file("key.pem")]
    const { code, err } = await Process.ended(place.start(["--memory", ...wrong]))
    assert.deepStrictEqual([code, /certificate and the key/.test(err)], [1, true])
  })

  it("a clock that tests move: what falls due has happened", async () => {
    const path = place.file("clocked.json")
    const { stop, url } = await place.serve(["--memory", "--clock", "controllable", "--credentials", path])
    const kms = clientOf(url, accessKeyOf(path))
    const clock = (body: object, headers: Record<string, string> = { "content-type": "application/json" }) =>
      fetch(`${url}/_keystead/clock`, { method: "POST", headers, body: JSON.stringify(body) })
    const { KeyMetadata } = await kms.createKey({})
    const KeyId = KeyMetadata?.KeyId
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    const { now } = await (await fetch(`${url}/_keystead/clock`)).json()
    assert.closeTo(now, Date.now() / 1000, 60)
    const moved = await (await clock({ advance: 7 * 86_400 + 60 })).json()
    assert.closeTo(moved.now, now + 7 * 86_400 + 60, 60)
    assert.strictEqual(await rejection(kms.describeKey({ KeyId })), "NotFoundException")
    assert.strictEqual((await (await clock({ set: 2_000_000_000 })).json()).now >= 2_000_000_000, true)
    assert.strictEqual((await kms.createKey({})).KeyMetadata?.CreationDate?.getUTCFullYear(), 2033)
    assert.strictEqual((await clock({ advance: -1 })).status, 400)
    assert.strictEqual((await clock({ advance: 1 }, { "content-type": "text/plain" })).status, 400)
    assert.strictEqual(
      (await clock({ advance: 1 }, { "content-type": "application/json", origin: "https://evil.example" })).status,
      403
    )
    assert.strictEqual((await stop()).code, 0)
    const real = await place.serve(["--memory", "--auth", "none"])
    assert.isAtLeast((await fetch(`${real.url}/_keystead/clock`)).status, 400)
    await real.stop()
  })

  it("a line of JSON for each request, without secrets", async () => {
    const { stop, url } = await place.serve(["--memory", "--auth", "none", "--log"])
    const { headers } = await post(url, "GenerateRandom", {}, `{"NumberOfBytes":8}`)
    await post(url, "Encrypt", {}, `{"KeyId":"alias/none","Plaintext":"c2VjcmV0"}`)
    const { err } = await stop()
    const lines = err.trim().split("\n").map((line) => JSON.parse(line))
    assert.deepStrictEqual(
      lines.map(({ error, operation, status }) => [operation, status, error]),
      [["GenerateRandom", 200, null], ["Encrypt", 400, "NotFoundException"]]
    )
    assert.strictEqual(lines[0].requestId, headers.get("x-amzn-requestid"))
    assert.notInclude(err, "c2VjcmV0")
  })

  it("spans and metrics for OpenTelemetry, when the environment names a collector", async () => {
    const got = new Map<string, string>()
    const collector = Http.createServer((request, response) => {
      let body = ""
      request.on("data", (piece: Buffer) => void (body += piece.toString()))
      request.once("end", () => {
        got.set(request.url ?? "", (got.get(request.url ?? "") ?? "") + body)
        response.end("{}")
      })
    }).listen(0, "127.0.0.1")
    await once(collector, "listening")
    const address = collector.address()
    const port = typeof address === "object" ? address?.port : 0
    const { stop, url } = await place.serve(["--memory", "--auth", "none"], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`
    })
    await post(url, "Encrypt", {}, `{"KeyId":"alias/none","Plaintext":"c2VjcmV0"}`)
    await post(url, "NoSuchOperation")
    assert.strictEqual((await stop()).code, 0)
    collector.close()
    assert.match(got.get("/v1/traces") ?? "", /KMS\.Encrypt/)
    assert.match(got.get("/v1/traces") ?? "", /KMS\.unknown/)
    assert.match(got.get("/v1/traces") ?? "", /NotFoundException/)
    assert.match(got.get("/v1/metrics") ?? "", /keystead\.calls/)
    for (const text of got.values()) assert.notMatch(text, /c2VjcmV0|NoSuchOperation|alias/)
  })

  it("a refusal of a port that is taken", async () => {
    const first = await place.serve(["--memory", "--auth", "none"])
    const { code, err } = await Process.ended(place.start(["--memory", "--port", String(first.port)]))
    assert.strictEqual(code, 1)
    assert.match(err, /^keystead: Cannot listen on 127\.0\.0\.1, port \d+: another program listens there[^\n]*\n$/)
    await first.stop()
  })

  it("its store, which commands see too", async () => {
    const endpoint = await place.serve(["--auth", "none"])
    await post(endpoint.url, "CreateKey", {}, `{"Description":"from the endpoint"}`)
    await endpoint.stop()
    assert.include(readFileSync(place.file("store.credentials"), "utf8"), "accessKeys")
    assert.isTrue(existsSync(place.file("store")))
  })
})
