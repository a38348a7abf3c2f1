/** Custom key stores and the keys in them, through `openKms`, over a proxy. */
import { assert, describe, it } from "@effect/vitest"
import type { AuditEvent } from "@keystead/core/audit/AuditEvent"
import { type OpenKms, openKms } from "@keystead/runtime-node/OpenKms"
import * as XksProvider from "@keystead/xks/XksProvider"
import * as fc from "fast-check"
import { randomBytes } from "node:crypto"
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach } from "vitest"
import { accessKeyId, newKey, path, type Proxy, secretAccessKey, startProxy } from "./support/Proxy.ts"

const root = randomBytes(32)

interface World {
  readonly proxy: Proxy
  readonly kms: OpenKms
  readonly directory: string
  readonly events: Array<AuditEvent>
}

let world: World
beforeEach(async () => {
  const directory = await mkdtemp(join(tmpdir(), "keystead-xks-"))
  const events: Array<AuditEvent> = []
  const kms = await openKms({
    directory,
    rootKey: { bytes: root },
    keyStores: XksProvider.layer(),
    audit: (event) => void events.push(event)
  })
  world = { proxy: await startProxy(), kms, directory, events }
})
afterEach(async () => {
  await world.kms.close()
  await world.proxy.stop()
  await rm(world.directory, { recursive: true })
})

const credential = { AccessKeyId: accessKeyId, RawSecretAccessKey: secretAccessKey }

const createStore = async ({ kms, proxy }: World, name = "one") => {
  const { CustomKeyStoreId } = await kms.createCustomKeyStore({
    CustomKeyStoreName: name,
    CustomKeyStoreType: "EXTERNAL_KEY_STORE",
    XksProxyConnectivity: "PUBLIC_ENDPOINT",
    XksProxyUriEndpoint: proxy.endpoint,
    XksProxyUriPath: path,
    XksProxyAuthenticationCredential: credential
  })
  return CustomKeyStoreId ?? ""
}

const connected = async (of: World) => {
  const CustomKeyStoreId = await createStore(of)
  await of.kms.connectCustomKeyStore({ CustomKeyStoreId })
  return CustomKeyStoreId
}

const createKey = async ({ kms }: World, CustomKeyStoreId: string, XksKeyId = "key-1") => {
  const { KeyMetadata } = await kms.createKey({ Origin: "EXTERNAL_KEY_STORE", CustomKeyStoreId, XksKeyId })
  return KeyMetadata?.KeyId ?? ""
}

const rejection = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
  throw new Error("It works")
}

const nameOf = async (call: Promise<unknown>) => (await rejection(call)).split(":")[0]

const storeOf = async ({ kms }: World, CustomKeyStoreId: string) => {
  const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreId })
  return CustomKeyStores?.[0]
}

const text = (of: string) => new TextEncoder().encode(of)

describe("a custom key store", () => {
  it("lives: created, connected, used, disconnected, connected again, moved, emptied, deleted", async () => {
    const { kms, proxy } = world
    const CustomKeyStoreId = await createStore(world)
    assert.match(CustomKeyStoreId, /^cks-[0-9a-f]{17}$/)
    assert.deepInclude(await storeOf(world, CustomKeyStoreId), {
      CustomKeyStoreId,
      CustomKeyStoreName: "one",
      CustomKeyStoreType: "EXTERNAL_KEY_STORE",
      ConnectionState: "DISCONNECTED",
      XksProxyConfiguration: {
        Connectivity: "PUBLIC_ENDPOINT",
        AccessKeyId: accessKeyId,
        UriEndpoint: proxy.endpoint,
        UriPath: path
      }
    })
    assert.strictEqual(await nameOf(createKey(world, CustomKeyStoreId)), "CustomKeyStoreInvalidStateException")
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    assert.strictEqual((await storeOf(world, CustomKeyStoreId))?.ConnectionState, "CONNECTED")

    const KeyId = await createKey(world, CustomKeyStoreId)
    const { KeyMetadata } = await kms.describeKey({ KeyId })
    assert.deepInclude(KeyMetadata, {
      Origin: "EXTERNAL_KEY_STORE",
      KeyState: "Enabled",
      CustomKeyStoreId,
      XksKeyConfiguration: { Id: "key-1" }
    })
    assert.isUndefined(KeyMetadata?.CurrentKeyMaterialId)
    const EncryptionContext = { purpose: "test" }
    const encrypted = await kms.encrypt({ KeyId, Plaintext: text("x"), EncryptionContext })
    const blob = { CiphertextBlob: encrypted.CiphertextBlob, EncryptionContext }
    const decrypted = await kms.decrypt(blob)
    assert.deepStrictEqual(decrypted.Plaintext, text("x"))
    assert.isUndefined(decrypted.KeyMaterialId)

    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    assert.deepInclude((await kms.describeKey({ KeyId })).KeyMetadata, { KeyState: "Unavailable", Enabled: false })
    for (const call of [kms.decrypt(blob), kms.generateDataKey({ KeyId, KeySpec: "AES_256" })]) {
      assert.match(await rejection(call), /^KMSInvalidStateException: arn:.* is unavailable\.$/)
    }
    assert.strictEqual(
      await nameOf(kms.disconnectCustomKeyStore({ CustomKeyStoreId })),
      "CustomKeyStoreInvalidStateException"
    )

    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    assert.deepStrictEqual((await kms.decrypt(blob)).Plaintext, text("x"))
    await kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: "two" })
    assert.strictEqual((await kms.describeCustomKeyStores({ CustomKeyStoreName: "two" })).CustomKeyStores?.length, 1)
    assert.deepStrictEqual((await kms.decrypt(blob)).Plaintext, text("x"))

    assert.strictEqual(
      await nameOf(kms.deleteCustomKeyStore({ CustomKeyStoreId })),
      "CustomKeyStoreHasCMKsException"
    )
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    assert.strictEqual((await kms.describeKey({ KeyId })).KeyMetadata?.KeyState, "PendingDeletion")
    assert.strictEqual(
      await nameOf(kms.deleteCustomKeyStore({ CustomKeyStoreId })),
      "CustomKeyStoreHasCMKsException"
    )
  })

  it("is deleted when it has no keys, and only when it is disconnected", async () => {
    const { kms } = world
    const CustomKeyStoreId = await connected(world)
    assert.strictEqual(
      await nameOf(kms.deleteCustomKeyStore({ CustomKeyStoreId })),
      "CustomKeyStoreInvalidStateException"
    )
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    await kms.deleteCustomKeyStore({ CustomKeyStoreId })
    for (
      const call of [
        kms.describeCustomKeyStores({ CustomKeyStoreId }),
        kms.connectCustomKeyStore({ CustomKeyStoreId }),
        kms.deleteCustomKeyStore({ CustomKeyStoreId }),
        createKey(world, CustomKeyStoreId)
      ]
    ) {
      assert.strictEqual(await nameOf(call), "CustomKeyStoreNotFoundException")
    }
    assert.deepStrictEqual((await kms.describeCustomKeyStores()).CustomKeyStores, [])
    // Its name and address are free again.
    await createStore(world)
  })

  it("keeps the reason why it cannot be connected, until it is disconnected", async () => {
    const { kms, proxy } = world
    const CustomKeyStoreId = await createStore(world)
    proxy.secret = "another"
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    assert.deepInclude(await storeOf(world, CustomKeyStoreId), {
      ConnectionState: "FAILED",
      ConnectionErrorCode: "INVALID_CREDENTIALS"
    })
    for (
      const call of [
        kms.connectCustomKeyStore({ CustomKeyStoreId }),
        kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: "two" })
      ]
    ) {
      assert.strictEqual(await nameOf(call), "CustomKeyStoreInvalidStateException")
    }
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    assert.isUndefined((await storeOf(world, CustomKeyStoreId))?.ConnectionErrorCode)
    proxy.secret = secretAccessKey
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    assert.strictEqual((await storeOf(world, CustomKeyStoreId))?.ConnectionState, "CONNECTED")
  })

  it("takes a new credential while it is connected, if the proxy knows it", async () => {
    const { kms, proxy } = world
    const CustomKeyStoreId = await connected(world)
    const KeyId = await createKey(world, CustomKeyStoreId)
    const RawSecretAccessKey = secretAccessKey.replace("c2", "d3")
    const change = { CustomKeyStoreId, XksProxyAuthenticationCredential: { ...credential, RawSecretAccessKey } }
    assert.strictEqual(
      await nameOf(kms.updateCustomKeyStore(change)),
      "XksProxyIncorrectAuthenticationCredentialException"
    )
    await kms.encrypt({ KeyId, Plaintext: text("x") })
    proxy.secret = RawSecretAccessKey
    assert.match(
      await rejection(kms.encrypt({ KeyId, Plaintext: text("x") })),
      /^KMSInvalidStateException: .*credential/
    )
    await kms.updateCustomKeyStore(change)
    await kms.encrypt({ KeyId, Plaintext: text("x") })
    assert.strictEqual(
      await nameOf(kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriEndpoint: proxy.endpoint })),
      "CustomKeyStoreInvalidStateException"
    )
  })

  it("has no secret where anybody sees it: in the store, the audit events, replies and errors", async () => {
    const { kms, directory, events } = world
    const CustomKeyStoreId = await connected(world)
    const { CustomKeyStores } = await kms.describeCustomKeyStores()
    const change = { CustomKeyStoreId, XksProxyAuthenticationCredential: credential }
    await kms.updateCustomKeyStore(change)
    const wrong = `${secretAccessKey}!`
    const errors = [
      await rejection(kms.updateCustomKeyStore({
        ...change,
        XksProxyAuthenticationCredential: { ...credential, RawSecretAccessKey: wrong }
      })),
      await rejection(kms.updateCustomKeyStore({ CustomKeyStoreId, KeyStorePassword: secretAccessKey.slice(0, 33) })),
      await rejection(kms.updateCustomKeyStore({ CustomKeyStoreId, KeyStorePassword: secretAccessKey.slice(0, 32) }))
    ]
    assert.match(errors[0] ?? "", /Value at 'xksProxyAuthenticationCredential.rawSecretAccessKey'/)
    const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((file) => file.isFile())
    const stored = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")))
    assert.isTrue(stored.some((content) => content.includes(accessKeyId)))
    const inside = stored.flatMap((content) => content.match(/[A-Za-z0-9+/]{16,}={0,2}/g) ?? [])
      .map((content) => Buffer.from(content, "base64").toString("latin1"))
    const places = { stored, inside, events: JSON.stringify(events), replies: JSON.stringify(CustomKeyStores), errors }
    for (const [place, content] of Object.entries(places)) {
      assert.isFalse(String(content).includes(secretAccessKey.slice(0, 32)), place)
    }
    assert.isFalse(JSON.stringify(events).includes(accessKeyId))
    assert.isTrue(events.some(({ eventName }) => eventName === "UpdateCustomKeyStore"))
  })
})

describe("a key in an external key store", () => {
  it("is refused if the external key cannot be used, or is used already", async () => {
    const { proxy } = world
    const CustomKeyStoreId = await connected(world)
    const unusable = { spec: { spec: "AES_128" }, usage: { usage: ["ENCRYPT"] }, status: { status: "DISABLED" } }
    for (const [id, members] of Object.entries(unusable)) {
      proxy.keys.set(id, { ...newKey(), ...members })
      assert.strictEqual(await nameOf(createKey(world, CustomKeyStoreId, id)), "XksKeyInvalidConfigurationException")
    }
    assert.strictEqual(await nameOf(createKey(world, CustomKeyStoreId, "none")), "XksKeyNotFoundException")
    await createKey(world, CustomKeyStoreId)
    assert.strictEqual(await nameOf(createKey(world, CustomKeyStoreId)), "XksKeyAlreadyInUseException")
    assert.strictEqual((await world.kms.listKeys()).Keys?.length, 1)
  })

  it("tells by which call of which caller it is used, and on which key", async () => {
    const { kms, proxy } = world
    const KeyId = await createKey(world, await connected(world))
    await kms.generateDataKey({ KeyId, KeySpec: "AES_256" })
    const metadata: unknown = proxy.seen.at(-1)?.body["requestMetadata"]
    const told = (name: string): unknown => Reflect.get(Object(metadata), name)
    assert.match(String(told("kmsRequestId")), /^[0-9a-f-]{36}$/)
    assert.strictEqual(told("kmsRequestId"), world.events.at(-1)?.requestID)
    assert.strictEqual(told("kmsOperation"), "GenerateDataKey")
    assert.strictEqual(told("awsPrincipalArn"), "arn:aws:iam::111122223333:root")
    assert.strictEqual(told("kmsKeyArn"), `arn:aws:kms:us-east-1:111122223333:key/${KeyId}`)
  })

  it("encrypts what any key does, and opens it with the same context only", async () => {
    const { kms } = world
    const KeyId = await createKey(world, await connected(world))
    const contexts = fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), fc.string({ maxLength: 5 }), {
      maxKeys: 3
    })
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 4096 }), contexts, async (plaintext, context) => {
        const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: plaintext, EncryptionContext: context })
        const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext: context })
        assert.deepStrictEqual(new Uint8Array(opened.Plaintext ?? []), plaintext)
        const other = kms.decrypt({ CiphertextBlob, EncryptionContext: { ...context, another: "pair" } })
        assert.match(await rejection(other), /^KMSInvalidStateException/)
      }),
      { numRuns: 15 }
    )
    const most = await kms.encrypt({ KeyId, Plaintext: new Uint8Array(4096) })
    assert.strictEqual((await kms.decrypt({ CiphertextBlob: most.CiphertextBlob })).Plaintext?.length, 4096)
    const long = { a: "x".repeat(8100) }
    assert.match(
      await rejection(kms.encrypt({ KeyId, Plaintext: text("x"), EncryptionContext: long })),
      /^ValidationException: The encryption context is too long.*8061/
    )
  })

  it("refuses a ciphertext of which any byte is another", async () => {
    const { kms } = world
    const KeyId = await createKey(world, await connected(world))
    const { CiphertextBlob = new Uint8Array() } = await kms.encrypt({ KeyId, Plaintext: text("secret") })
    assert.strictEqual(CiphertextBlob[0], 2)
    for (let at = 0; at < CiphertextBlob.length; at++) {
      const changed = CiphertextBlob.slice()
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      const names = await Promise.all([
        nameOf(kms.decrypt({ CiphertextBlob: changed })),
        nameOf(kms.decrypt({ CiphertextBlob: changed, KeyId }))
      ])
      const possible = /^(KMSInvalidState|InvalidCiphertext|IncorrectKey|AccessDenied)Exception$/
      for (const name of names) assert.match(name ?? "", possible, `byte ${at}`)
    }
    for (const length of [0, 1, 130, 131, 132, 144, 150, CiphertextBlob.length - 1]) {
      const cut = kms.decrypt({ CiphertextBlob: CiphertextBlob.subarray(0, length), KeyId })
      assert.match(await rejection(cut), /^(InvalidCiphertext|KMSInvalidState|Validation)Exception/)
    }
  })

  it("needs both halves: what the proxy sees is no plaintext, and what Keystead has opens nothing", async () => {
    const { directory, kms, proxy } = world
    const KeyId = await createKey(world, await connected(world))
    const secret = randomBytes(64)
    const { CiphertextBlob } = await kms.encrypt({ KeyId, Plaintext: secret })
    await kms.decrypt({ CiphertextBlob })
    const seen = proxy.seen.flatMap(({ body }) =>
      Object.values(body).map((value) => Buffer.from(String(value), "base64").toString("latin1"))
    )
    assert.isAbove(seen.length, 4)
    assert.isFalse(seen.some((value) => value.includes(secret.subarray(0, 8).toString("latin1"))))
    // The same store and root key, and another key manager: what the proxy stood for is gone.
    proxy.keys.set("key-1", newKey())
    assert.match(await rejection(kms.decrypt({ CiphertextBlob })), /^KMSInvalidStateException/)
    await kms.close()
    const alone = await openKms({ directory, rootKey: { bytes: root } })
    assert.match(await rejection(alone.decrypt({ CiphertextBlob })), /^KMSInvalidStateException: .*KeyStoreProvider/)
    await alone.close()
  })

  it("can be re-encrypted to and from, and pairs with data keys", async () => {
    const { kms } = world
    const KeyId = await createKey(world, await connected(world))
    const { KeyMetadata } = await kms.createKey()
    const own = KeyMetadata?.KeyId ?? ""
    const { CiphertextBlob } = await kms.encrypt({ KeyId: own, Plaintext: text("x") })
    const there = await kms.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId })
    assert.isUndefined(there.DestinationKeyMaterialId)
    assert.isDefined(there.SourceKeyMaterialId)
    const back = await kms.reEncrypt({ CiphertextBlob: there.CiphertextBlob, DestinationKeyId: own })
    assert.deepStrictEqual((await kms.decrypt({ CiphertextBlob: back.CiphertextBlob })).Plaintext, text("x"))
    const pair = await kms.generateDataKeyPair({ KeyId, KeyPairSpec: "ECC_NIST_P256" })
    const opened = await kms.decrypt({ CiphertextBlob: pair.PrivateKeyCiphertextBlob })
    assert.deepStrictEqual(opened.Plaintext, pair.PrivateKeyPlaintext)
  })

  it("cannot be used while the external key cannot, and says why", async () => {
    const { kms, proxy } = world
    const KeyId = await createKey(world, await connected(world))
    const key = proxy.keys.get("key-1") ?? newKey()
    proxy.keys.set("key-1", { ...key, status: "DISABLED" })
    assert.match(
      await rejection(kms.encrypt({ KeyId, Plaintext: text("x") })),
      /^KMSInvalidStateException: .*not enabled/
    )
    proxy.keys.set("key-1", key)
    proxy.fault = { _tag: "Raw", body: "garbage" }
    assert.match(
      await rejection(kms.encrypt({ KeyId, Plaintext: text("x") })),
      /^KMSInvalidStateException: .*understood/
    )
    proxy.fault = undefined
    await kms.encrypt({ KeyId, Plaintext: text("x") })
  })
})
