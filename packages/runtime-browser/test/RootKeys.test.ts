/** Root keys that are kept, from a passphrase and from a passkey, and how one replaces another. */
import { assert, describe, it } from "@effect/vitest"
import { bundle } from "@keystead/testbed/Bundle"
import { haveChromium } from "@keystead/testbed/Chromium"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"

declare const keystead: typeof host

/** An authenticator that the browser plays, which has PRF or not, and whose user always says yes. */
const addAuthenticator = async (page: Page, hasPrf: boolean): Promise<void> => {
  const session = await page.context().newCDPSession(page)
  await session.send("WebAuthn.enable")
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      hasPrf
    }
  })
}

/** Makes 250 keys, and leaves the page while their root key is being replaced by another that is kept. */
const leaveInTheMiddle = async (page: Page): Promise<void> => {
  const stopped = await page.evaluate(async () => {
    const kms = await keystead.openKms({ database: "keys" })
    for (let index = 0; index < 250; index++) await kms.createKey()
    // Nothing more is written once the first page of records is under the new root key, and its progress is told.
    const stores: { put: (this: IDBObjectStore, value: unknown, key?: IDBValidKey) => IDBRequest<IDBValidKey> } =
      IDBObjectStore.prototype
    const { put } = stores
    let isLeft = false
    stores.put = function(value, key) {
      if (isLeft) throw new DOMException("The page is left", "AbortError")
      isLeft = Reflect.get(Object(value), "id") === "root/progress"
      return put.call(this, value, key)
    }
    return await keystead.outcome(async () => void await kms.rewrap())
  })
  assert.strictEqual(stopped, "StorageError Unavailable")
  await page.reload()
}

describe.runIf(await haveChromium())("root keys in Chromium", () => {
  const worker = join(import.meta.dirname, "..", "src", "Argon2idWorker.ts")
  const chromium = inChromium(async () => ({
    "/argon2id.js": await bundle(worker, "browser"),
    "/strict.html": `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'">`
      + "<title>Strict</title><script type=\"module\" src=\"/host.js\"></script>"
  }))

  it("from a passphrase opens the store again, in a service worker too, and no other passphrase does", async () => {
    const page = await chromium.page()
    const started = page.waitForEvent("worker")
    const serviceWorker = page.context().waitForEvent("serviceworker")
    const told = await page.evaluate(async () => {
      const { dump, openKms, outcome, passphrase } = keystead
      const kms = await openKms({ database: "keys", rootKey: passphrase("correct horse") })
      await kms.createKey()
      await navigator.serviceWorker.register("/host.js", { type: "module" })
      const open = (rootKey?: ReturnType<typeof passphrase>) =>
        outcome(async () => void await openKms({ database: "keys", ...(rootKey === undefined ? {} : { rootKey }) }))
      const handles = (await dump()).filter(([, value]) => value instanceof CryptoKey).length
      return [await open(passphrase("wrong horse")), await open(), handles]
    })
    assert.deepStrictEqual(told, ["RootKeyError Wrong", "RootKeyError Wrong", 0])
    // The page stays alive: a worker computes, which is gone then.
    assert.match((await started).url(), /^blob:/)
    assert.deepStrictEqual(page.workers(), [])
    const count = await (await serviceWorker).evaluate(async () => {
      const kms = await keystead.openKms({ database: "keys", rootKey: keystead.passphrase("correct horse") })
      return (await kms.listKeys()).Keys?.length
    })
    assert.strictEqual(count, 1)
  })

  it("from a passphrase says what a Content-Security-Policy forbids, and takes a worker that it allows", async () => {
    const page = await chromium.page()
    await page.goto(`${chromium.pages.origin}/strict.html`)
    const told = await page.evaluate(async () => {
      const { openKms, passphrase } = keystead
      const open = async (worker?: () => Worker) => {
        const rootKey = passphrase("correct horse", worker === undefined ? {} : { worker })
        const kms = await openKms({ database: "keys", rootKey })
        return (await kms.createKey()).KeyMetadata?.KeyState ?? ""
      }
      const messageOf = (opening: Promise<string>) =>
        opening.catch((error: unknown) => String(Reflect.get(Object(error), "message")))
      const refused = await messageOf(open())
      // As where Trusted Types are required, or in older browsers.
      const thrown = await messageOf(open(() => {
        throw new TypeError("This document requires 'TrustedScriptURL' assignment.")
      }))
      return [refused, thrown, await keystead.outcome(() => open(() => new Worker("/argon2id.js")))]
    })
    assert.include(told[0], "worker-src blob:")
    assert.strictEqual(told[1], told[0])
    assert.strictEqual(told[2], "Enabled")
  })

  it("from a passkey opens the store again after its user unlocked it", async () => {
    const page = await chromium.page()
    await addAuthenticator(page, true)
    const use = () =>
      keystead.outcome(async () => {
        const rootKey = keystead.passkey({ app: "Notes", user: "ada" })
        const kms = await keystead.openKms({ database: "keys", rootKey })
        await kms.createKey()
        return (await kms.listKeys()).Keys?.length
      })
    assert.strictEqual(await page.evaluate(use), 1)
    await page.reload()
    assert.strictEqual(await page.evaluate(use), 2)
    const others = await page.evaluate(() =>
      Promise.all([undefined, keystead.passphrase("x")].map((rootKey) =>
        keystead.outcome(async () => {
          await keystead.openKms({ database: "keys", ...(rootKey === undefined ? {} : { rootKey }) })
        })
      ))
    )
    assert.deepStrictEqual(others, ["RootKeyError Wrong", "RootKeyError Wrong"])
  })

  it("from a passkey is refused where it has no PRF, and where there is none to ask for", async () => {
    const page = await chromium.page()
    await addAuthenticator(page, false)
    const made = await page.evaluate(() =>
      keystead.outcome(async () => {
        await keystead.openKms({ database: "keys", rootKey: keystead.passkey({ app: "Notes", user: "ada" }) })
      })
    )
    assert.strictEqual(made, "RootKeyError Missing")
    const worker = page.waitForEvent("worker")
    await page.evaluate(() => void Object.assign(globalThis, { worker: new Worker("/host.js", { type: "module" }) }))
    const inWorker = await (await worker).evaluate(() =>
      keystead.outcome(async () => {
        await keystead.openKms({ database: "keys", rootKey: keystead.passkey({ app: "Notes", user: "ada" }) })
      })
    )
    assert.strictEqual(inWorker, "RootKeyError Missing")
  })

  it("are replaced by one another, and the former one opens nothing any more", async () => {
    const page = await chromium.page()
    await addAuthenticator(page, true)
    const told = await page.evaluate(async () => {
      const { bytes, dump, openKms, outcome } = keystead
      const passkey = () => ({ rootKey: keystead.passkey({ app: "Notes", user: "ada" }) })
      const open = (own = {}) => openKms({ database: "keys", ...own })
      const handles = async () => (await dump()).filter(([, value]) => value instanceof CryptoKey).length
      const kms = await open()
      const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
      const { CiphertextBlob = bytes("") } = await kms.encrypt({ KeyId, Plaintext: bytes("a") })
      const read = async (kms: Awaited<ReturnType<typeof open>>) =>
        keystead.text((await kms.decrypt({ CiphertextBlob })).Plaintext)

      const other = await open()
      await kms.rewrap()
      const kept = [await read(kms), await read(await open()), await handles()]
      const stale = await outcome(async () => void await other.createKey())

      await kms.rewrap(passkey().rootKey)
      const unlocked = await open(passkey())
      const byPasskey = [await read(unlocked), await outcome(async () => void await open()), await handles()]

      await unlocked.rewrap()
      const again = [await read(await open()), await outcome(async () => void await open(passkey())), await handles()]
      return { kept, stale, byPasskey, again }
    })
    assert.deepStrictEqual(told, {
      kept: ["a", "a", 1],
      // Who had it open before can use nothing under the new one.
      stale: "IntegrityError",
      byPasskey: ["a", "RootKeyError Wrong", 0],
      again: ["a", "RootKeyError Wrong", 1]
    })
  })

  it("are replaced to the end after the page was closed in the middle", async () => {
    const page = await chromium.page()
    await leaveInTheMiddle(page)
    const told = await page.evaluate(async () => {
      const kms = await keystead.openKms({ database: "keys" })
      const before = (await kms.listKeys({ Limit: 1000 })).Keys?.length
      await kms.rewrap()
      const again = await keystead.openKms({ database: "keys" })
      const { Keys = [] } = await again.listKeys({ Limit: 1000 })
      for (const { KeyId = "" } of Keys) await again.encrypt({ KeyId, Plaintext: keystead.bytes("a") })
      const records = (await keystead.dump()).map(([, value]) => Reflect.get(Object(value), "id"))
      return [before, Keys.length, records.includes("root/progress")]
    })
    assert.deepStrictEqual(told, [250, 250, false])
  })

  it("are replaced by the one that is asked for, though another replacement was left in the middle", async () => {
    const page = await chromium.page()
    await leaveInTheMiddle(page)
    const told = await page.evaluate(async () => {
      const { dump, fromBytes, openKms, outcome } = keystead
      const own = () => fromBytes(new Uint8Array(32).fill(7))
      const kms = await openKms({ database: "keys" })
      await kms.rewrap(own())
      const keys = await outcome(async () => {
        const again = await openKms({ database: "keys", rootKey: own() })
        return (await again.listKeys({ Limit: 1000 })).Keys?.length
      })
      const kept = await outcome(async () => void await openKms({ database: "keys" }))
      return [keys, kept, (await dump()).filter(([, value]) => value instanceof CryptoKey).length]
    })
    assert.deepStrictEqual(told, [250, "RootKeyError Wrong", 0])
  })
})
