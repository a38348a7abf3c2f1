/** The AWS SDK's own client, in the same process. */
import * as Sdk from "@aws-sdk/client-kms"
import { assert, describe, it } from "@effect/vitest"
import * as KmsErrors from "@keystead/core/Errors"
import { Kms } from "@keystead/core/Kms"
import { operations } from "@keystead/core/operations/Registry"
import { trustAll } from "@keystead/http/auth/Authenticate"
import { sigV4 } from "@keystead/http/auth/SigV4"
import { requestHandler } from "@keystead/http/AwsSdk"
import * as Effect from "effect/Effect"
import { accessKey, makeKms } from "./support/World.ts"

const kms = await makeKms()
const { accessKeyId, secretAccessKey } = accessKey

const clientOf = (service: Kms["Service"], more: Sdk.KMSClientConfig = {}) =>
  new Sdk.KMS({
    region: "eu-west-1",
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: requestHandler(service, {
      defect: () => {},
      authenticate: sigV4({ credentials: () => Effect.succeed(accessKey) })
    }),
    ...more
  })

const client = clientOf(kms)

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => assert.fail("it should have been rejected"),
    (error: unknown) => error
  )

describe("the SDK's client", () => {
  it("talks to a Keystead in its process: blobs, dates, request ids", async () => {
    const { $metadata, KeyMetadata } = await client.createKey({ Description: "Pay – Löhne" })
    assert.match($metadata.requestId ?? "", /^[0-9a-f-]{36}$/)
    assert.strictEqual($metadata.httpStatusCode, 200)
    assert.instanceOf(KeyMetadata?.CreationDate, Date)
    assert.match(KeyMetadata?.Arn ?? "", /:eu-west-1:/)
    const KeyId = KeyMetadata?.KeyId
    const { CiphertextBlob } = await client.encrypt({
      KeyId,
      Plaintext: Uint8Array.of(1, 2),
      EncryptionContext: { a: "ü" }
    })
    const { Plaintext } = await client.decrypt({ CiphertextBlob, EncryptionContext: { a: "ü" } })
    assert.deepStrictEqual(Plaintext, Uint8Array.of(1, 2))
    const described = await client.describeKey({ KeyId })
    assert.strictEqual(described.KeyMetadata?.Description, "Pay – Löhne")
    await client.disableKey({ KeyId })
    assert.instanceOf(await rejection(client.encrypt({ KeyId, Plaintext: Uint8Array.of(1) })), Sdk.DisabledException)
  })

  it("needs no access key that anybody knows where nobody checks", async () => {
    const free = clientOf(kms, {
      requestHandler: requestHandler(kms, { authenticate: trustAll("111122223333", "us-east-1") })
    })
    assert.isArray((await free.listKeys()).Keys)
  })

  it("meets its own exceptions, with their messages and request ids", async () => {
    const error = await rejection(client.describeKey({ KeyId: "alias/none" }))
    assert.instanceOf(error, Sdk.NotFoundException)
    if (!(error instanceof Sdk.NotFoundException)) return
    assert.match(error.message, /alias\/none/)
    assert.strictEqual(error.$fault, "client")
    assert.match(error.$metadata.requestId ?? "", /^[0-9a-f-]{36}$/)
    const stranger = clientOf(kms, { credentials: { accessKeyId, secretAccessKey: "wrong" } })
    const refused = await rejection(stranger.listKeys({}))
    assert.instanceOf(refused, Sdk.KMSServiceException)
    if (refused instanceof Sdk.KMSServiceException) assert.strictEqual(refused.name, "InvalidSignatureException")
  })

  it("knows every error that Keystead has and AWS models", async () => {
    const names = Object.keys(KmsErrors).filter((name) => name.endsWith("Exception") && Object.hasOwn(Sdk, name))
    assert.isAbove(names.length, 20)
    for (const name of names) {
      const Failure = Reflect.get(KmsErrors, name) as new(members: { readonly message: string }) => Error
      const failing = Kms.of({
        ...kms,
        execute: () => Effect.fail(new Failure({ message: "why" })) as Effect.Effect<never>
      })
      const error = await rejection(clientOf(failing).listKeys({}))
      assert.instanceOf(error, Reflect.get(Sdk, name), name)
      if (error instanceof Error) assert.strictEqual(error.name, name)
    }
  })

  it("has a method for every operation, and each arrives", async () => {
    const asked = new Set<string>()
    const watching = Kms.of({
      ...kms,
      named: (name) => {
        asked.add(name)
        return kms.named(name)
      }
    })
    const client = clientOf(watching)
    for (const { name } of operations) {
      const method = name.charAt(0).toLowerCase() + name.slice(1)
      const calling = Reflect.get(client, method) as (input: object) => Promise<unknown>
      await calling.call(client, { KeyId: "alias/none" }).catch(() => {})
    }
    assert.deepStrictEqual([...asked].toSorted(), operations.map(({ name }) => name).toSorted())
  })

  it("may be closed, and refuses bodies that no KMS request has", async () => {
    const handler = requestHandler(kms, { authenticate: trustAll("111122223333", "us-east-1") })
    handler.updateHttpClientConfig()
    assert.deepStrictEqual(handler.httpHandlerConfigs(), {})
    handler.destroy()
    assert.instanceOf(await rejection(handler.handle({ method: "POST", path: "/", headers: {}, body: {} })), TypeError)
    const { response } = await handler.handle({
      method: "POST",
      path: "/",
      query: { a: ["1", "2"], b: null },
      headers: {}
    })
    assert.strictEqual(response.statusCode, 415)
  })
})
