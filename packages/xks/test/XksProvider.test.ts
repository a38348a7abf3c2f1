/** The provider against a proxy, and against what is none. */
import { assert, describe, it } from "@effect/vitest"
import type { Connection, KeyStoreFailure, Provider } from "@keystead/core/custom-stores/KeyStoreProvider"
import { wrappedOf } from "@keystead/xks/Replies"
import * as XksProvider from "@keystead/xks/XksProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { afterAll, beforeAll, beforeEach } from "vitest"
import { accessKeyId, type Fault, newKey, path, type Proxy, secretAccessKey, startProxy } from "./support/Proxy.ts"

const aad = Buffer.from("additional")
const plaintext = Buffer.from("a secret")
const purpose = {
  operation: "Encrypt",
  requestId: "request-1",
  principal: "arn:aws:iam::111122223333:user/ada",
  keyArn: "arn:aws:kms:eu-west-1:111122223333:key/1",
  viaService: "ebs"
}

let proxy: Proxy
beforeAll(async () => {
  proxy = await startProxy()
})
afterAll(() => proxy.stop())
beforeEach(() => {
  proxy.fault = undefined
  proxy.secret = secretAccessKey
  proxy.metadata = Buffer.from("v=1")
  proxy.ivLength = 12
  proxy.health = ["UNAVAILABLE", "DEGRADED"]
  proxy.keys.clear()
  proxy.keys.set("key-1", newKey())
  proxy.seen.length = 0
})

const connection = (): Connection => ({
  endpoint: proxy.endpoint,
  path,
  region: "eu-west-1",
  accessKeyId,
  secretAccessKey: Redacted.make(secretAccessKey)
})

const provider = XksProvider.make({ timeout: 500 })

const calls: { readonly [Name in keyof Provider]: (to: Connection) => Effect.Effect<unknown, KeyStoreFailure> } = {
  health: (to) => provider.health(to, purpose),
  describeKey: (to) => provider.describeKey(to, "key-1", purpose),
  encrypt: (to) => provider.encrypt(to, "key-1", plaintext, aad, purpose),
  decrypt: (to) =>
    provider.decrypt(
      to,
      "key-1",
      { ciphertext: plaintext, iv: Buffer.alloc(12), tag: Buffer.alloc(16), metadata: Buffer.alloc(0) },
      aad,
      purpose
    )
}

const reason = (call: Effect.Effect<unknown, KeyStoreFailure>) =>
  Effect.runPromise(Effect.map(Effect.flip(call), (failure) => failure.reason))

/** How every call fails. */
const reasons = async (to = connection()) =>
  Object.fromEntries(
    await Promise.all(Object.entries(calls).map(async ([name, call]) => [name, await reason(call(to))] as const))
  )

const all = (name: KeyStoreFailure["reason"]) => ({ health: name, describeKey: name, encrypt: name, decrypt: name })

describe("the provider", () => {
  it("encrypts and decrypts with keys of the key manager, whatever its IVs and metadata", async () => {
    for (const [ivLength, metadata] of [[12, 3], [16, 0], [12, 20], [16, 1]] as const) {
      proxy.ivLength = ivLength
      proxy.metadata = Buffer.alloc(metadata, 7)
      const opened = await Effect.runPromise(Effect.gen(function*() {
        const wrapped = yield* provider.encrypt(connection(), "key-1", plaintext, aad, purpose)
        assert.deepStrictEqual(
          [wrapped.iv.length, wrapped.metadata.length, wrapped.ciphertext.length, wrapped.tag.length],
          [ivLength, metadata, plaintext.length, 16]
        )
        return yield* provider.decrypt(connection(), "key-1", wrapped, aad, purpose)
      }))
      assert.deepStrictEqual(Buffer.from(opened), plaintext)
    }
  })

  it("says what each request is for, and nothing of it in a health check", async () => {
    await Effect.runPromise(Effect.all([
      provider.health(connection(), purpose),
      provider.describeKey(connection(), "key-1", { ...purpose, keyArn: "a" }),
      provider.encrypt(connection(), "key-1", plaintext, aad, purpose)
    ]))
    assert.deepStrictEqual(proxy.seen.map(({ body, path: to }) => [to, body["requestMetadata"]]), [
      [`${path}/health`, { kmsRequestId: "request-1", kmsOperation: "Encrypt" }],
      [`${path}/keys/key-1/metadata`, {
        awsPrincipalArn: purpose.principal,
        kmsKeyArn: "a",
        kmsOperation: "Encrypt",
        kmsRequestId: "request-1",
        kmsViaService: "ebs"
      }],
      [`${path}/keys/key-1/encrypt`, {
        awsPrincipalArn: purpose.principal,
        kmsKeyArn: purpose.keyArn,
        kmsOperation: "Encrypt",
        kmsRequestId: "request-1",
        kmsViaService: "ebs"
      }]
    ])
  })

  it("tells what is known of a key", async () => {
    proxy.keys.set("old", { ...newKey(), spec: "AES_128", usage: ["SIGN"], status: "DISABLED" })
    assert.deepStrictEqual(await Effect.runPromise(provider.describeKey(connection(), "old", purpose)), {
      spec: "AES_128",
      usages: ["SIGN"],
      enabled: false
    })
  })

  it("knows no key whose id would lead elsewhere, and sends nothing", async () => {
    const before = proxy.requests
    for (const id of ["", ".", "..", "a/../key-1", "key-1?", "key-1/", "key%2d1", "ä", "k".repeat(129)]) {
      assert.strictEqual(await reason(provider.encrypt(connection(), id, plaintext, aad, purpose)), "KeyNotFound", id)
    }
    assert.strictEqual(proxy.requests, before)
    for (const id of ["...", "a..b", "k".repeat(128)]) {
      proxy.keys.set(id, newKey())
      assert.strictEqual((await Effect.runPromise(provider.describeKey(connection(), id, purpose))).enabled, true, id)
    }
  })

  it("computes the integrity value of the specification's example", async () => {
    const body = {
      authenticationTag: "vBxN2ncH1oEkR8WVXpmyYQ==",
      ciphertext: "ghxkK1txeDNn3q8Y",
      ciphertextDataIntegrityValue: "qHA/ImC9h5HsLRXqCyPmWgYx7tzyoTplzILbP0fPXsc=",
      ciphertextMetadata: "a2V5X3ZlcnNpb249MQ==",
      initializationVector: "HMrlRw85cAJUd5Ax"
    }
    const wrapped = await Effect.runPromise(
      wrappedOf({ status: 200, body }, 12, Buffer.from("project=nile,department=marketing"))
    )
    assert.strictEqual(Buffer.from(wrapped.metadata).toString(), "key_version=1")
    assert.strictEqual(await reason(wrappedOf({ status: 200, body }, 12, aad)), "InvalidResponse")
  })
})

describe("a failure", () => {
  it("has the reason that the proxy names", async () => {
    const names = {
      ValidationException: "InvalidResponse",
      InvalidStateException: "KeyDisabled",
      InvalidCiphertextException: "InvalidCiphertext",
      InvalidKeyUsageException: "InvalidKeyUsage",
      AuthenticationFailedException: "AuthenticationFailed",
      AccessDeniedException: "AccessDenied",
      KeyNotFoundException: "KeyNotFound",
      InvalidUriPathException: "InvalidPath",
      ThrottlingException: "Throttled",
      UnsupportedOperationException: "Unsupported",
      DependencyTimeoutException: "TimedOut",
      InternalException: "Internal",
      SomethingElse: "InvalidResponse"
    } as const
    for (const [errorName, expected] of Object.entries(names)) {
      proxy.fault = { _tag: "Raw", status: 400, body: JSON.stringify({ errorName }) }
      assert.deepStrictEqual(await reasons(), all(expected), errorName)
    }
  })

  it("is a wrong signature for another secret, and another path for another path", async () => {
    const to = { ...connection(), secretAccessKey: Redacted.make(`${secretAccessKey}A`) }
    assert.deepStrictEqual(await reasons(to), all("AuthenticationFailed"))
    assert.deepStrictEqual(
      await reasons({ ...connection(), region: "eu-west-2", path: "/kms/xks/v1" }),
      all("InvalidPath")
    )
    const signedForAnother = XksProvider.make({
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        headers.set("authorization", (headers.get("authorization") ?? "").replace("eu-west-1", "eu-west-2"))
        return fetch(input, { ...init, headers })
      }
    })
    assert.strictEqual(await reason(signedForAnother.health(connection(), purpose)), "AuthenticationFailed")
  })

  it("is told of a key that is disabled, of another usage, or not there", async () => {
    const key = newKey()
    proxy.keys.set("key-1", { ...key, status: "DISABLED" })
    assert.strictEqual(await reason(calls.encrypt(connection())), "KeyDisabled")
    proxy.keys.set("key-1", { ...key, usage: ["DECRYPT"] })
    assert.strictEqual(await reason(calls.encrypt(connection())), "InvalidKeyUsage")
    proxy.keys.delete("key-1")
    assert.strictEqual(await reason(calls.describeKey(connection())), "KeyNotFound")
  })

  it("comes of a proxy that is silent, cut off, endless, redirecting, or talks of something else", async () => {
    const faults: ReadonlyArray<readonly [Fault, KeyStoreFailure["reason"]]> = [
      [{ _tag: "Silent" }, "TimedOut"],
      [{ _tag: "Cut" }, "Unreachable"],
      [{ _tag: "Endless" }, "InvalidResponse"],
      [{ _tag: "Raw", body: "" }, "InvalidResponse"],
      [{ _tag: "Raw", body: "<html>" }, "InvalidResponse"],
      [{ _tag: "Raw", body: "null" }, "InvalidResponse"],
      [{ _tag: "Raw", body: "{}" }, "InvalidResponse"],
      [{ _tag: "Raw", body: "\"\ud800" }, "InvalidResponse"],
      [{ _tag: "Raw", body: "[".repeat(30_000) }, "InvalidResponse"],
      [{ _tag: "Raw", body: `{"plaintext":"${"A".repeat(40_000)}"}` }, "InvalidResponse"],
      [{ _tag: "Raw", status: 307, headers: { location: "/elsewhere" }, body: "" }, "InvalidResponse"],
      [{ _tag: "Raw", status: 204, body: "" }, "InvalidResponse"],
      [{ _tag: "Raw", status: 502, body: "<html>" }, "InvalidResponse"]
    ]
    for (const [fault, expected] of faults) {
      proxy.fault = fault
      assert.deepStrictEqual(await reasons(), all(expected), JSON.stringify(fault).slice(0, 80))
    }
  })

  it("comes of any reply whose parts are not as the API says", async () => {
    const edits: ReadonlyArray<readonly [keyof Provider, object]> = [
      ["encrypt", { ciphertext: "AAAA" }],
      ["encrypt", { ciphertext: "*" }],
      ["encrypt", { initializationVector: Buffer.alloc(13).toString("base64") }],
      ["encrypt", { authenticationTag: Buffer.alloc(15).toString("base64") }],
      ["encrypt", { ciphertextMetadata: Buffer.alloc(21).toString("base64") }],
      ["encrypt", { ciphertextMetadata: Buffer.from("v=2").toString("base64") }],
      ["encrypt", { ciphertextDataIntegrityValue: undefined }],
      ["encrypt", { ciphertextDataIntegrityValue: "" }],
      ["encrypt", { authenticationTag: 1 }],
      ["describeKey", { keyStatus: "enabled" }],
      ["describeKey", { keyUsage: "ENCRYPT" }],
      ["describeKey", { keyUsage: Array.from({ length: 11 }, () => "ENCRYPT") }],
      ["describeKey", { keySpec: "AES\n256" }],
      ["health", { ekmFleetDetails: [] }],
      ["health", { ekmFleetDetails: [{ id: "a", model: "b", healthStatus: "FINE" }] }],
      ["health", { xksProxyFleetSize: "1" }]
    ]
    for (const [name, members] of edits) {
      proxy.fault = { _tag: "Edit", edit: (body) => ({ ...body, ...members }) }
      assert.strictEqual(await reason(calls[name](connection())), "InvalidResponse", JSON.stringify(members))
    }
    proxy.fault = undefined
    const wrapped = await Effect.runPromise(provider.encrypt(connection(), "key-1", plaintext, aad, purpose))
    proxy.fault = { _tag: "Edit", edit: () => ({ plaintext: "AAAA" }) }
    assert.strictEqual(
      await reason(provider.decrypt(connection(), "key-1", wrapped, aad, purpose)),
      "InvalidResponse"
    )
  })

  it("is that no key manager is available, if none is", async () => {
    proxy.health = ["UNAVAILABLE", "UNAVAILABLE"]
    assert.strictEqual(await reason(calls.health(connection())), "Unavailable")
  })

  it("is that nothing is sent in clear to another machine, and that TLS is not what answers", async () => {
    const before = proxy.requests
    for (const endpoint of ["http://proxy.example.org", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "nothing"]) {
      assert.deepStrictEqual(await reasons({ ...connection(), endpoint }), all("Insecure"), endpoint)
    }
    assert.strictEqual(proxy.requests, before)
    const overTls = proxy.endpoint.replace("http:", "https:")
    assert.deepStrictEqual(await reasons({ ...connection(), endpoint: overTls }), all("Insecure"))
  })

  it("is that nobody listens", async () => {
    const gone = await startProxy()
    const endpoint = gone.endpoint
    await gone.stop()
    assert.deepStrictEqual(await reasons({ ...connection(), endpoint }), all("Unreachable"))
  })

  it("never comes with a second try", async () => {
    proxy.fault = { _tag: "Raw", status: 503, body: JSON.stringify({ errorName: "InternalException" }) }
    const before = proxy.requests
    assert.strictEqual(await reason(calls.encrypt(connection())), "Internal")
    assert.strictEqual(proxy.requests, before + 1)
  })
})
