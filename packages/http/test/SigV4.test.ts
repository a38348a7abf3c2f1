import { assert, describe, it } from "@effect/vitest"
import type { Credential } from "@keystead/http/auth/Credentials"
import { sigV4, type SigV4Options } from "@keystead/http/auth/SigV4"
import type { Incoming } from "@keystead/http/Incoming"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { createHash, createHmac } from "node:crypto"
import { accessKey, arrived, call, now, presigned, root, type Sent, signed } from "./support/World.ts"

const session: Credential = {
  ...accessKey,
  accessKeyId: "ASIAEXAMPLE000000000",
  sessionToken: "FwoGZXIvYXdzE//+token=",
  expires: now + 60_000
}

const known = new Map([accessKey, session].map((one) => [one.accessKeyId, one]))

const checking = (options: Partial<SigV4Options> = {}) => {
  const check = sigV4({ credentials: (id) => Effect.succeed(known.get(id)), now: () => now, ...options })
  return (request: Incoming) => Effect.runPromise(Effect.result(check(request)))
}

const check = checking()

/** The error's name; `ok` if there is none. */
const outcome = async (request: Incoming, by = check): Promise<string> => {
  const result = await by(request)
  return Result.isFailure(result) ? result.failure.code : "ok"
}

const region = async (sent: Sent, by = check): Promise<string> => {
  const result = await by(arrived(sent))
  return Result.isFailure(result) ? result.failure.message : result.success.region
}

const mismatch = "InvalidSignatureException"

describe("signatures of AWS's own code", () => {
  const anyCall = fc.record({
    body: fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array()),
    path: fc.webPath().map((path) => `/${path}`.replaceAll(/\/[./]+/g, "/")),
    // The signer copies the query into a plain object, and loses `__proto__` on the way.
    query: fc.dictionary(
      fc.string({ unit: "grapheme", minLength: 1 }).filter((name) => name !== "__proto__"),
      fc.string({ unit: "grapheme" })
    ),
    region: fc.constantFrom("eu-west-1", "us-east-1", "us-gov-west-1"),
    value: fc.string().map((text) => text.replaceAll(/[^ -~]/g, " "))
  })

  it("hold, whatever they are made over, and give caller and Region", () =>
    fc.assert(
      fc.asyncProperty(anyCall, fc.boolean(), async ({ body, path, query, region, value }, asymmetric) => {
        const { "X-Amz-Algorithm": _, ...rest } = query
        const sent = call("Encrypt", {}, { body, path, query: rest, headers: { "x-meta": value } })
        const request = arrived(await signed(sent, { region, asymmetric }))
        assert.deepStrictEqual(await check(request), Result.succeed({ caller: root, region }))
      }),
      { numRuns: 150 }
    ))

  it("hold with hashes of the host, and from the query", async () => {
    const by = checking({
      hashes: {
        sha256: (data) => createHash("sha256").update(data).digest(),
        sha256Hex: (data) => createHash("sha256").update(data).digest("hex"),
        hmacSha256: (key, data) => createHmac("sha256", key).update(data).digest()
      }
    })
    const sent = call("Encrypt", { KeyId: "alias/pay" })
    for (const request of [await signed(sent), await signed(sent, { asymmetric: true }), await presigned(sent, 60)]) {
      assert.strictEqual(await outcome(arrived(request), by), "ok")
    }
  })

  /** A change of one character to another that is also written as it is. */
  const other = (text: string, at: number): string => {
    const index = at % text.length
    return text.slice(0, index) + (text[index] === "a" ? "b" : "a") + text.slice(index + 1)
  }

  const changes: Readonly<Record<string, (sent: Sent, at: number) => Sent>> = {
    method: (sent) => ({ ...sent, method: "PUT" }),
    path: (sent, at) => ({ ...sent, path: `/${other(sent.path.slice(1), at)}` }),
    query: (sent, at) => ({ ...sent, query: { ...sent.query, q: other(sent.query["q"] ?? "", at) } }),
    "more query": (sent) => ({ ...sent, query: { ...sent.query, r: "" } }),
    body: (sent, at) => ({ ...sent, body: other(String(sent.body), at) }),
    host: (sent, at) => header(sent, "host", (value) => other(value, at)),
    target: (sent, at) => header(sent, "x-amz-target", (value) => other(value, at)),
    "content type": (sent, at) => header(sent, "content-type", (value) => other(value, at)),
    "signed header": (sent, at) => header(sent, "x-meta", (value) => other(value, at))
  }

  const header = (sent: Sent, name: string, change: (value: string) => string): Sent => ({
    ...sent,
    headers: { ...sent.headers, [name]: change(sent.headers[name] ?? "") }
  })

  for (const [what, change] of Object.entries(changes)) {
    it(`hold no longer when one byte changes: ${what}`, async () => {
      const sent = call("Encrypt", { KeyId: "alias/pay" }, {
        path: "/some/path",
        query: { q: "query" },
        headers: { "x-meta": "value" }
      })
      const [plain, asymmetric, link] = [
        await signed(sent),
        await signed(sent, { asymmetric: true }),
        await presigned(sent, 60)
      ]
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (at) => {
          assert.strictEqual(await outcome(arrived(change(plain, at))), mismatch)
          assert.strictEqual(await outcome(arrived(change(asymmetric, at))), mismatch)
          assert.strictEqual(await outcome(arrived(change(link, at))), mismatch)
        }),
        { numRuns: 10 }
      )
    })
  }

  it("hold no longer when the signature, its date, its scope, or its list of headers changes", async () => {
    const request = await signed(call("Encrypt"))
    const authorization = (change: (text: string) => string) => header(request, "authorization", change)
    const outcomes = {
      signature: authorization((text) =>
        text.replace(/Signature=(.)/, (_, digit) => `Signature=${digit === "0" ? 1 : 0}`)
      ),
      shorter: authorization((text) => text.slice(0, -2)),
      longer: authorization((text) => `${text}00`),
      odd: authorization((text) => text.slice(0, -1)),
      date: header(request, "x-amz-date", () => "20261124T103001Z"),
      region: authorization((text) => text.replace("eu-west-1", "eu-west-2")),
      version: authorization((text) => text.replace("HMAC-SHA256", "ECDSA-P256-SHA256").replace("/eu-west-1/", "/")),
      fewer: authorization((text) => text.replace("content-type;", "")),
      more: authorization((text) => text.replace("content-type;", "content-type;expect;"))
    }
    for (const [what, sent] of Object.entries(outcomes)) {
      assert.strictEqual(
        await outcome(arrived(sent)),
        what === "version" ? "IncompleteSignatureException" : mismatch,
        what
      )
    }
  })

  it("hold with the session's token, and with no other, until it expires", async () => {
    const request = await signed(call("Encrypt"), { credentials: session })
    const token = (value: string): Sent => header(request, "x-amz-security-token", () => value)
    assert.strictEqual(await outcome(arrived(request)), "ok")
    assert.strictEqual(await outcome(arrived(await presigned(call("Encrypt"), 60, { credentials: session }))), "ok")
    assert.strictEqual(await outcome(arrived(token(""))), "UnrecognizedClientException")
    assert.strictEqual(await outcome(arrived(token("FwoGZXIvYXdzE//+tokeN="))), "UnrecognizedClientException")
    const { sessionToken: _, ...without } = session
    const bare = await signed(call("Encrypt"), { credentials: without })
    assert.strictEqual(await outcome(arrived(bare)), "UnrecognizedClientException")
    const needless = await signed(call("Encrypt"), { credentials: { ...accessKey, sessionToken: "token" } })
    assert.strictEqual(await outcome(arrived(needless)), "UnrecognizedClientException")
    const at = (millis: number) => checking({ now: () => now + millis })
    assert.strictEqual(await outcome(arrived(request), at(59_999)), "ok")
    assert.strictEqual(await outcome(arrived(request), at(60_000)), "ExpiredTokenException")
    const forged = header(request, "x-amz-date", () => "20261124T103001Z")
    assert.strictEqual(await outcome(arrived(forged), at(60_000)), mismatch)
  })
})

describe("the time of a signature", () => {
  it("is five minutes either way, to the second", async () => {
    const at = (millis: number) => signed(call("Encrypt"), { at: now + millis })
    assert.strictEqual(await outcome(arrived(await at(300_000))), "ok")
    assert.strictEqual(await outcome(arrived(await at(301_000))), mismatch)
    assert.strictEqual(await outcome(arrived(await at(-300_000))), "ok")
    assert.strictEqual(await outcome(arrived(await at(-301_000))), mismatch)
  })

  it("is as long as a presigned request says, to the second, and at most seven days", async () => {
    const outcomes = async (expires: number, age: number) =>
      outcome(arrived(await presigned(call("Encrypt"), expires, { at: now - age * 1000 })))
    assert.strictEqual(await outcomes(60, 60), "ok")
    assert.strictEqual(await outcomes(60, 61), mismatch)
    assert.strictEqual(await outcomes(604_800, 604_800), "ok")
    assert.strictEqual(await outcomes(60, -301), mismatch)
    const long = await presigned(call("Encrypt"), 604_800)
    for (const expires of ["604801", "0", "-1", "1e3", ""]) {
      const request = arrived({ ...long, query: { ...long.query, "X-Amz-Expires": expires } })
      assert.strictEqual(await outcome(request), "IncompleteSignatureException")
    }
  })

  it("is a moment of the calendar", async () => {
    const request = await signed(call("Encrypt"))
    for (const date of ["20261124T103000", "2026-11-24T10:30:00Z", "", "20261124T1030000Z"]) {
      const sent = { ...request, headers: { ...request.headers, "x-amz-date": date } }
      assert.strictEqual(await outcome(arrived(sent)), "IncompleteSignatureException")
    }
    const next = { ...request, headers: { ...request.headers, "x-amz-date": "20261125T103000Z" } }
    assert.strictEqual(await outcome(arrived(next)), "IncompleteSignatureException")
  })
})

describe("the Region", () => {
  it("is that of the scope; some may not answer, and some are none", async () => {
    const by = checking({ regions: ["eu-west-1", "eu-west-2"] })
    assert.strictEqual(await region(await signed(call("Encrypt"), { region: "eu-west-2" }), by), "eu-west-2")
    assert.match(
      await region(await signed(call("Encrypt"), { region: "us-east-1" }), by),
      /valid region: eu-west-1, eu-west-2/
    )
    for (const none of ["*", "nowhere", "eu west 1", "../..", "EU-WEST-1", "eu-west-1-"]) {
      assert.match(await region(await signed(call("Encrypt"), { region: none })), /^Credential (should be|must have)/)
    }
  })

  it("is the first that answers of those a version 4A signature holds for", async () => {
    const sign = (region: string) => signed(call("Encrypt"), { region, asymmetric: true })
    assert.strictEqual(await region(await sign("*")), "us-east-1")
    assert.strictEqual(await region(await sign("us-*")), "us-east-1")
    assert.match(await region(await sign("eu-*")), /valid region/)
    assert.strictEqual(await region(await sign("*"), checking({ defaultRegion: "eu-west-1" })), "eu-west-1")
    const by = checking({ regions: ["eu-west-2"] })
    assert.strictEqual(await region(await sign("us-east-1,eu-west-2"), by), "eu-west-2")
  })
})

describe("what is no signature of a known key", () => {
  it("is refused by AWS's names", async () => {
    const request = await signed(call("Encrypt"))
    const authorization = (text: string) => ({ ...request, headers: { ...request.headers, authorization: text } })
    const { authorization: given = "", ...unsigned } = request.headers
    const incomplete = "IncompleteSignatureException"
    const cases: ReadonlyArray<readonly [Sent, string]> = [
      [{ ...request, headers: unsigned }, "MissingAuthenticationTokenException"],
      [authorization(""), incomplete],
      [authorization("Basic dXNlcjpwYXNz"), incomplete],
      [authorization("AWS4-HMAC-SHA256"), incomplete],
      [authorization("AWS4-HMAC-SHA512 Credential=x"), incomplete],
      [authorization(given.replace(/Credential=[^,]+, /, "")), incomplete],
      [authorization(given.replace(/SignedHeaders=[^,]+, /, "")), incomplete],
      [authorization(given.replace(/SignedHeaders=[^,]+/, "SignedHeaders=host;;x")), incomplete],
      [authorization(given.replace(/SignedHeaders=[^,]+/, "SignedHeaders=a b")), incomplete],
      [authorization(given.replace(/, Signature=.*/, "")), incomplete],
      [authorization(given.replace(/Signature=.*/, "Signature=xyz")), incomplete],
      [authorization(given.replace("/kms/", "/s3/")), incomplete],
      [authorization(given.replace("aws4_request", "aws4")), incomplete],
      [authorization(given.replace("aws4_request", "aws4_request/more")), incomplete],
      [authorization(given.replace("host;", "")), incomplete],
      [authorization(given.replace("x-amz-date;", "")), incomplete],
      [authorization(given.replace(";x-amz-target", "")), incomplete],
      [authorization(given.replace(accessKey.accessKeyId, "AKIDUNKNOWN000000000")), "UnrecognizedClientException"],
      [authorization(given.replace(accessKey.accessKeyId, "__proto__")), "UnrecognizedClientException"],
      [await signed(call("Encrypt"), { service: "s3" }), incomplete],
      [await signed(call("Encrypt"), { credentials: { ...accessKey, secretAccessKey: "wrong" } }), mismatch],
      [
        await signed(call("Encrypt"), { credentials: { ...accessKey, secretAccessKey: "wrong" }, asymmetric: true }),
        mismatch
      ]
    ]
    for (const [sent, code] of cases) {
      assert.strictEqual(await outcome(arrived(sent)), code, sent.headers["authorization"])
    }
  })

  it("is refused in the query too", async () => {
    const link = await presigned(call("Encrypt"), 60)
    for (const name of ["Credential", "Date", "Expires", "SignedHeaders", "Signature"]) {
      const { [`X-Amz-${name}`]: _, ...query } = link.query
      assert.strictEqual(await outcome(arrived({ ...link, query })), "IncompleteSignatureException", name)
    }
    const query = { ...link.query, "X-Amz-Algorithm": "AWS4-HMAC-MD5" }
    assert.strictEqual(await outcome(arrived({ ...link, query })), "IncompleteSignatureException")
  })

  it("is told nothing of the secret, nor of what the signature should have been", async () => {
    const request = arrived(await signed(call("Encrypt"), { credentials: { ...accessKey, secretAccessKey: "wrong" } }))
    const result = await check(request)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.notMatch(result.failure.message, /[0-9a-f]{64}|wJalr/)
  })

  it("is never a defect", () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          authorization: fc.oneof(
            fc.string({ unit: "binary" }),
            fc.string().map((text) => `AWS4-HMAC-SHA256 ${text}`),
            fc.tuple(fc.string(), fc.string(), fc.string()).map(([credential, headers, signature]) =>
              `AWS4-ECDSA-P256-SHA256 Credential=${credential}, SignedHeaders=${headers}, Signature=${signature}`
            )
          ),
          "x-amz-date": fc.oneof(fc.string(), fc.constant("20261124T103000Z")),
          "x-amz-region-set": fc.string()
        }),
        async (headers) => {
          const authenticate = sigV4({ credentials: () => Effect.succeed(accessKey), now: () => now })
          const exit = await Effect.runPromiseExit(authenticate(arrived(call("Encrypt", {}, { headers }))))
          assert.isTrue(Exit.isFailure(exit) && exit.cause.reasons.every(({ _tag }) => _tag === "Fail"))
        }
      )
    ))

  it("does not outlive a change of its secret", async () => {
    let secretAccessKey = accessKey.secretAccessKey
    const by = checking({ credentials: () => Effect.succeed({ ...accessKey, secretAccessKey }) })
    const request = arrived(await signed(call("Encrypt")))
    assert.strictEqual(await outcome(request, by), "ok")
    secretAccessKey = "another"
    assert.strictEqual(await outcome(request, by), mismatch)
  })

  it("leaves room for many keys and days", async () => {
    const by = checking({ credentials: (accessKeyId) => Effect.succeed({ ...accessKey, accessKeyId }) })
    for (let number = 0; number < 1100; number++) {
      const credentials = { ...accessKey, accessKeyId: `AKID${String(number).padStart(16, "0")}` }
      assert.strictEqual(await outcome(arrived(await signed(call("Encrypt"), { credentials })), by), "ok")
    }
  })
})
