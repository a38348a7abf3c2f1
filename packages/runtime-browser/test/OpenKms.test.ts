import { assert, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"

declare const keystead: typeof host

describe.runIf(await haveChromium())("openKms in Chromium", () => {
  const chromium = inChromium()
  const { page } = chromium

  it("keeps keys in IndexedDB, which are there after the page was loaded again", async () => {
    const own = await page()
    const sealed = await own.evaluate(async () => {
      const { bytes, openKms } = keystead
      const kms = await openKms({ database: "keys" })
      const { KeyMetadata } = await kms.createKey({ Description: "Notes" })
      await kms.createAlias({ AliasName: "alias/notes", TargetKeyId: KeyMetadata?.KeyId ?? "" })
      const { CiphertextBlob = bytes("") } = await kms.encrypt({ KeyId: "alias/notes", Plaintext: bytes("secret") })
      return [...CiphertextBlob]
    })
    await own.reload()
    const opened = await own.evaluate(async (sealed) => {
      const kms = await keystead.openKms({ database: "keys" })
      return keystead.text((await kms.decrypt({ CiphertextBlob: Uint8Array.from(sealed) })).Plaintext)
    }, sealed)
    assert.strictEqual(opened, "secret")
  })

  it("refuses at once in one tab what another one disabled", async () => {
    const one = await page()
    const other = await one.context().newPage()
    await other.goto(chromium.pages.origin)
    const KeyId = await one.evaluate(async () => {
      const kms = Object.assign(globalThis, { kms: await keystead.openKms({ database: "keys" }) }).kms
      return (await kms.createKey()).KeyMetadata?.KeyId ?? ""
    })
    const use = (KeyId: string) =>
      keystead.outcome(async () => {
        const kms: Awaited<ReturnType<typeof keystead.openKms>> = Reflect.get(globalThis, "kms")
        return (await kms.encrypt({ KeyId, Plaintext: keystead.bytes("a") })).KeyId === undefined ? "?" : "encrypted"
      })
    // The material is unwrapped here, and kept.
    assert.strictEqual(await one.evaluate(use, KeyId), "encrypted")
    await other.evaluate(async (KeyId) => {
      const kms = await keystead.openKms({ database: "keys" })
      await kms.disableKey({ KeyId })
    }, KeyId)
    assert.strictEqual(await one.evaluate(use, KeyId), "DisabledException")
    await other.evaluate(async (KeyId) => {
      const kms = await keystead.openKms({ database: "keys" })
      await kms.enableKey({ KeyId })
    }, KeyId)
    assert.strictEqual(await one.evaluate(use, KeyId), "encrypted")
  })

  it("opens a new store under one root key, however many tabs do so at once", async () => {
    const first = await page()
    const tabs = [first, ...await Promise.all([1, 2, 3].map(() => first.context().newPage()))]
    await Promise.all(tabs.slice(1).map((tab) => tab.goto(chromium.pages.origin)))
    const made = await Promise.all(tabs.map((tab) =>
      tab.evaluate(() =>
        keystead.outcome(async () => {
          const kms = await keystead.openKms({ database: "keys" })
          return (await kms.createKey()).KeyMetadata?.KeyId ?? ""
        })
      )
    ))
    const used = await first.evaluate(
      (made) =>
        keystead.outcome(async () => {
          const kms = await keystead.openKms({ database: "keys" })
          for (const KeyId of made) await kms.encrypt({ KeyId, Plaintext: keystead.bytes("a") })
          return "all"
        }),
      made
    )
    assert.strictEqual(used, "all")
  })

  it("is the same in a worker and in a service worker, over the same database", async () => {
    const own = await page()
    const context = own.context()
    const serviceWorker = context.waitForEvent("serviceworker")
    const worker = own.waitForEvent("worker")
    await own.evaluate(async () => {
      Object.assign(globalThis, { worker: new Worker("/host.js", { type: "module" }) })
      await navigator.serviceWorker.register("/host.js", { type: "module" })
      await navigator.serviceWorker.ready
    })
    const make = async () => {
      const kms = await keystead.openKms({ database: "keys" })
      const { KeyMetadata } = await kms.createKey()
      await kms.close()
      return KeyMetadata?.KeyId ?? ""
    }
    const made = [
      await own.evaluate(make),
      await (await worker).evaluate(make),
      await (await serviceWorker).evaluate(make)
    ]
    const listed = await own.evaluate(async () => {
      const kms = await keystead.openKms({ database: "keys" })
      return ((await kms.listKeys()).Keys ?? []).map(({ KeyId }) => KeyId)
    })
    assert.deepStrictEqual(new Set(listed), new Set(made))
  })

  it("has the operations of the groups that are named, and the symmetric ones by default", async () => {
    const own = await page()
    const names = await own.evaluate(async () => {
      const { groups, openKms } = keystead
      const kms = await openKms({ groups: [groups.symmetric, groups.mac] })
      const { KeyMetadata } = await kms.createKey({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" })
      await kms.generateMac({
        KeyId: KeyMetadata?.KeyId ?? "",
        MacAlgorithm: "HMAC_SHA_256",
        Message: keystead.bytes("m")
      })
      return ["encrypt", "generateMac"].map((name) => [name in kms]).concat([["generateMac" in await openKms()]])
    })
    assert.deepStrictEqual(names, [[true], [true], [false]])
  })

  it("without a database is in memory, and leaves nothing", async () => {
    const own = await page()
    const left = await own.evaluate(async () => {
      const kms = await keystead.openKms()
      await kms.createKey()
      await kms.rewrap()
      await kms.createKey()
      return (await indexedDB.databases()).length
    })
    assert.strictEqual(left, 0)
  })

  it("says that the root key is missing, and makes no other for a store that has keys", async () => {
    const own = await page()
    const told = await own.evaluate(async () => {
      const kms = await keystead.openKms({ database: "keys" })
      await kms.createKey()
      await kms.close()
      await new Promise((resolve) => indexedDB.deleteDatabase("keys.rootkey").addEventListener("success", resolve))
      const open = () => keystead.outcome(async () => (await keystead.openKms({ database: "keys" })).config.region)
      return [await open(), await open()]
    })
    assert.deepStrictEqual(told, ["RootKeyError Missing", "RootKeyError Missing"])
  })

  it("tells the audit's function of each call", async () => {
    const own = await page()
    const names = await own.evaluate(async () => {
      const heard: Array<string> = []
      const kms = await keystead.openKms({ audit: ({ eventName }) => void heard.push(eventName) })
      await kms.createKey()
      await keystead.outcome(() => kms.describeKey({ KeyId: "alias/none" }))
      return heard
    })
    assert.deepStrictEqual(names, ["CreateKey", "DescribeKey"])
  })
})
