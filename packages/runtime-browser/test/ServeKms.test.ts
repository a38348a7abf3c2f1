/** The AWS SDK in a page, a service worker that answers it, and a server that only ever serves files. */
import { assert, describe, it } from "@effect/vitest"
import { bundle } from "@keystead/testbed/Bundle"
import { haveChromium } from "@keystead/testbed/Chromium"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"
import type { clientAt as sdkClientAt } from "./support/Sdk.ts"

declare const keystead: typeof host
declare const clientAt: typeof sdkClientAt

const support = (name: string): string => join(import.meta.dirname, "support", name)

describe.runIf(await haveChromium())("a service worker under /kms", () => {
  const chromium = inChromium(async () => ({
    "/sdk.js": await bundle(support("Sdk.ts"), "browser"),
    "/sw.js": await bundle(support("ServiceWorker.ts"), "browser", { format: "iife" })
  }))

  /** A page that the service worker controls, with the SDK. */
  const controlled = async (page?: Page): Promise<Page> => {
    const own = page ?? await chromium.page()
    await own.evaluate(async () => {
      const controlled = new Promise((resolve) =>
        navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true })
      )
      await navigator.serviceWorker.register("/sw.js")
      await controlled
    })
    await own.addScriptTag({ url: "/sdk.js", type: "module" })
    await own.waitForFunction("typeof clientAt === \"function\"")
    return own
  }

  it("answers the AWS SDK in the page, over the store that the page opens too", async () => {
    const page = await controlled()
    const told = await page.evaluate(async () => {
      const { bytes, openKms, text } = keystead
      const client = clientAt("/kms")
      const { KeyMetadata } = await client.createKey({ Description: "Notes", Tags: [{ TagKey: "a", TagValue: "b" }] })
      const KeyId = KeyMetadata?.KeyId ?? ""
      await client.createAlias({ AliasName: "alias/notes", TargetKeyId: KeyId })
      const EncryptionContext = { for: "ada" }
      const sealed = await client.encrypt({ KeyId: "alias/notes", Plaintext: bytes("secret"), EncryptionContext })
      const CiphertextBlob = sealed.CiphertextBlob ?? bytes("")
      const opened = await client.decrypt({ CiphertextBlob, EncryptionContext })
      const dataKey = await client.generateDataKey({ KeyId, KeySpec: "AES_256" })
      await client.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
      await client.rotateKeyOnDemand({ KeyId })
      const again = await client.decrypt({ CiphertextBlob, EncryptionContext })
      const status = await client.getKeyRotationStatus({ KeyId })
      const aliases = await client.listAliases({ KeyId })
      await client.disableKey({ KeyId })
      const failure = async (call: Promise<unknown>) => await call.then(() => "", ({ name }: Error) => name)
      const disabled = await failure(client.encrypt({ KeyId, Plaintext: bytes("a") }))
      const kms = await openKms({ database: "keys", region: "eu-west-1" })
      const described = await kms.describeKey({ KeyId: "alias/notes" })
      await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
      return {
        opened: [text(opened.Plaintext), text(again.Plaintext)],
        dataKey: dataKey.Plaintext?.length,
        status: [status.KeyRotationEnabled, status.RotationPeriodInDays],
        aliases: aliases.Aliases?.map(({ AliasName }) => AliasName),
        described: [described.KeyMetadata?.KeyState, described.KeyMetadata?.Arn?.split(":")[3]],
        errors: [
          disabled,
          await failure(client.encrypt({ KeyId, Plaintext: bytes("a") })),
          await failure(client.describeKey({ KeyId: "alias/none" })),
          await failure(client.sign({ KeyId, Message: bytes("a"), SigningAlgorithm: "ECDSA_SHA_256" }))
        ],
        date: (await client.describeKey({ KeyId })).KeyMetadata?.DeletionDate instanceof Date
      }
    })
    assert.deepStrictEqual(told, {
      opened: ["secret", "secret"],
      dataKey: 32,
      status: [true, 90],
      aliases: ["alias/notes"],
      described: ["Disabled", "eu-west-1"],
      errors: ["DisabledException", "KMSInvalidStateException", "NotFoundException", "UnsupportedOperationException"],
      date: true
    })
  })

  it("leaves all else to the server: other paths, and pages that are led there", async () => {
    const page = await controlled()
    const status = (path: string) => page.evaluate(async (path) => (await fetch(path, { method: "POST" })).status, path)
    // The server has no such page; the endpoint takes no request without a target.
    const answers = await Promise.all(["/kms", "/kms/", "/kms2", "/x/kms"].map(status))
    assert.deepStrictEqual(answers, [415, 415, 404, 404])
    assert.strictEqual((await page.goto(`${chromium.pages.origin}/kms`))?.status(), 404)
  })

  it("opens the store anew after it was deleted", async () => {
    const page = await controlled()
    const told = await page.evaluate(async () => {
      const client = clientAt("/kms")
      const call = () =>
        client.createKey({}).then(({ KeyMetadata }) => KeyMetadata?.KeyState, ({ name }: Error) => name)
      const first = await call()
      await new Promise((resolve) => indexedDB.deleteDatabase("keys").addEventListener("success", resolve))
      return [first, await call(), await call()]
    })
    assert.deepStrictEqual(told, ["Enabled", "KMSInternalException", "Enabled"])
  })

  it("answers with an error while the store cannot be opened", async () => {
    const page = await chromium.page()
    await page.evaluate(async () => {
      const kms = await keystead.openKms({ database: "keys" })
      await kms.createKey()
      await kms.close()
      await new Promise((resolve) => indexedDB.deleteDatabase("keys.rootkey").addEventListener("success", resolve))
    })
    const told = await (await controlled(page)).evaluate(async () => {
      const call = () => clientAt("/kms").listKeys({}).then(() => "listed", ({ name }: Error) => name)
      const broken = await call()
      await new Promise((resolve) => indexedDB.deleteDatabase("keys").addEventListener("success", resolve))
      return [broken, await call()]
    })
    assert.deepStrictEqual(told, ["KMSInternalException", "listed"])
  })
})
