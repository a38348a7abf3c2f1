import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { VERSION } from "@keystead/storage-indexeddb/Database"
import { haveChromium, launchIn } from "@keystead/testbed/Chromium"
import type { Pages } from "@keystead/testbed/Pages"
import type { BrowserContext, Page } from "playwright-core"
import { askIn, makeProfile, openTab, removeProfile, serve } from "./support/Browser.ts"

const MEBIBYTE = 1_048_576
const GONE = /^Unavailable: The IndexedDB database ".*" was deleted.*Reload the page/

/** A database as each version left it, from the first on. */
const LEFT_BY = [
  {
    records: [
      [[0x61], { id: "a", version: "3", value: { b: [1] } }],
      [[0xf0, 0x90, 0x80, 0x80], { id: "\u{10000}", version: "7", value: null }]
    ],
    store: [["state", { identity: "33a1d8a9-9f8f-4f0f-8a43-4f7d4f1d9a57", commits: 7 }]]
  }
]

describe.runIf(await haveChromium())("what befalls a database", () => {
  const profile = makeProfile()
  let pages: Pages
  let browser: BrowserContext
  let tabs: readonly [Page, Page]
  beforeAll(async () => {
    pages = await serve()
    browser = await launchIn(profile)
  })
  beforeEach(async () => {
    tabs = [await openTab(browser, pages), await openTab(browser, pages)]
    return async () => {
      for (const tab of tabs) await tab.close()
    }
  })
  afterAll(async () => {
    await browser.close()
    await pages.close()
    removeProfile(profile)
  })

  const one = (action: string, ...given: ReadonlyArray<unknown>) => askIn(tabs[0], "page")(action, ...given)
  const other = (action: string, ...given: ReadonlyArray<unknown>) => askIn(tabs[1], "page")(action, ...given)

  it("no space is left: the commit is refused whole, and the next ones are not when there is space again", async () => {
    // A site of its own: Chromium counts with what it knew of the space for half a minute.
    const site = await serve()
    const page = await openTab(browser, site)
    const ask = askIn(page, "page")
    const session = await browser.newCDPSession(page)
    const limit = (quotaSize: number) =>
      session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize })
    await limit(6 * MEBIBYTE)
    assert.strictEqual(await ask("put", "full", "before", 1), "")
    const filled = await ask("fill", "full")
    assert.isArray(filled)
    const [count, refusal]: ReadonlyArray<unknown> = Array.isArray(filled) ? filled : []
    assert.isAbove(Number(count), 0)
    assert.match(String(refusal), /^Full: The IndexedDB database "full" has no space left.*\(QuotaExceededError\)$/)
    assert.strictEqual(await ask("get", "full", "before"), 1)
    assert.strictEqual(await ask("get", "full", "full"), count)
    assert.strictEqual(await ask("get", "full", `full/${Number(count)}`), null)
    await limit(100 * MEBIBYTE)
    assert.strictEqual(await ask("put", "full", "after", "x".repeat(MEBIBYTE)), "")
    await page.reload()
    assert.strictEqual(await ask("get", "full", "full"), count)
    await page.close()
    await site.close()
  })

  it("the browser refuses one of several records at once: nothing of the commit is there", async () => {
    await tabs[0].evaluate(() => {
      const stores: { put: (this: IDBObjectStore, value: unknown, key?: IDBValidKey) => IDBRequest<IDBValidKey> } =
        IDBObjectStore.prototype
      const { put } = stores
      stores.put = function(value, key) {
        const [id, number] = ["id", "value"].map((member): unknown => Reflect.get(Object(value), member))
        if (id === "pair/b" && number === 2) throw new DOMException("It cannot be cloned", "DataCloneError")
        return put.call(this, value, key)
      }
      Object.assign(globalThis, { acknowledge: () => undefined })
    })
    assert.match(String(await one("write", "halved")), /^Unacceptable: .*\(DataCloneError\)$/)
    for (const [id, value] of [["pair/a", 1], ["pair/b", 1], ["log/2", null]] as const) {
      assert.strictEqual(await other("get", "halved", id), value, id)
    }
  })

  it("another tab deletes it: the handle fails, and opening it anew gives an empty store", async () => {
    await one("put", "deleted", "a", 1)
    assert.strictEqual(await other("remove", "deleted"), "deleted")
    for (const action of ["get", "put"]) assert.match(String(await one(action, "deleted", "a", 2)), GONE)
    assert.strictEqual(await other("get", "deleted", "a"), null)
    assert.strictEqual(await other("put", "deleted", "b", 1), "")
    // Not even now does the old handle take the new database for its own.
    assert.match(String(await one("get", "deleted", "b")), GONE)
    await tabs[0].reload()
    assert.strictEqual(await one("get", "deleted", "b"), 1)
  })

  it("the browser evicts it: the handle fails, and makes no empty database in its place", async () => {
    await one("put", "evicted", "a", 1)
    await other("get", "evicted", "a")
    const session = await browser.newCDPSession(tabs[0])
    await session.send("Storage.clearDataForOrigin", { origin: pages.origin, storageTypes: "indexeddb" })
    assert.match(String(await one("get", "evicted", "a")), GONE)
    assert.match(String(await one("put", "evicted", "a", 2)), GONE)
    assert.deepStrictEqual(
      await tabs[0].evaluate(async () => (await indexedDB.databases()).map(({ name }) => name)),
      []
    )
    await tabs[0].reload()
    assert.strictEqual(await one("put", "evicted", "a", 3), "")
    // The other tab's handle was on the database that is gone.
    assert.match(String(await other("get", "evicted", "a")), GONE)
  })

  for (const doesTell of [true, false]) {
    it(`the browser cuts the connection and ${doesTell ? "tells" : "does not tell"}: the next call has a new one`, async () => {
      const name = `cut ${doesTell}`
      await one("put", name, "a", 1)
      await one("cut", name, doesTell)
      const answers = await Promise.all([one("get", name, "a"), one("get", name, "a"), one("put", name, "b", 2)])
      assert.deepStrictEqual(answers, [1, 1, ""])
      await one("cut", name, doesTell)
      assert.strictEqual(await one("put", name, "c", 3), "")
      assert.deepStrictEqual(await other("list", name, ""), [["a", 1], ["b", 2], ["c", 3]])
    })
  }

  it("a newer version of the app upgrades it: the old handle gives way at once, and nobody of old opens it", async () => {
    await one("put", "upgraded", "a", 1)
    assert.strictEqual(await other("hold", "upgraded", 1000, "more"), 1000)
    const refused = /^Incompatible: .* is being upgraded by a newer version of this app\. Reload the page/
    assert.match(String(await one("put", "upgraded", "a", 2)), refused)
    await tabs[0].reload()
    const newer = /^Incompatible: .* was written by a newer version of this app\. Reload the page .*\(VersionError\)$/
    assert.match(String(await one("get", "upgraded", "a")), newer)
    assert.match(JSON.stringify(await other("dump", "upgraded")), /"id":"a","version":"1","value":1/)
  })

  it("an older version of the app wrote it: its records are there, and commits go on", async () => {
    assert.lengthOf(LEFT_BY, VERSION, "Each version leaves a database here for its successors")
    for (const [index, stores] of LEFT_BY.entries()) {
      const name = `of version ${index + 1}`
      await other("restore", name, index + 1, stores)
      assert.deepStrictEqual(await one("list", name, ""), [["a", { b: [1] }], ["\u{10000}", null]])
      assert.strictEqual(await one("put", name, "a", 2), "")
      const { version }: { readonly version: number } = await tabs[0].evaluate(async (database) => {
        const found = (await indexedDB.databases()).find((each) => each.name === database)
        return { version: found?.version ?? 0 }
      }, name)
      assert.strictEqual(version, VERSION)
      assert.match(JSON.stringify(await other("dump", name)), /"id":"a","version":"8","value":2/)
    }
  })

  it("another program has a database of that name", async () => {
    await other("hold", "foreign", 1, "photos")
    assert.match(String(await one("put", "foreign", "a", 1)), /^Incompatible: .* is not one of Keystead's\./)
    await other("release")
    assert.deepStrictEqual(await other("dump", "foreign"), [[]])
  })

  it("someone does not let go of it while it is to be deleted: opening it fails after a while, and holds nothing", async () => {
    await other("hold", "held", 1, "photos")
    assert.strictEqual(await other("beginRemoving", "held"), "waiting")
    assert.match(
      String(await one("openInVain", "held")),
      /^Unavailable: .* is held by another tab.*Close the other tabs/
    )
    await other("release")
    assert.strictEqual(await one("put", "held", "a", 1), "")
    // The attempt that was given up has closed its connection: nobody waits for it.
    assert.strictEqual(await other("remove", "held"), "deleted")
  })

  it("rows are changed from outside: none is taken for a record", async () => {
    const [a, b] = [[0x61], [0x62]]
    const row = { id: "a", version: "1", value: 1 }
    for (
      const changed of [null, 1, "a", [], {}, { ...row, id: "b" }, { ...row, version: 1 }, {
        ...row,
        value: { a: new Date(0) }
      }]
    ) {
      await one("put", "changed", "a", 1)
      await one("put", "changed", "b", 2)
      await other("overwrite", "changed", "records", a, changed)
      const corrupt = /^Corrupt: The record "a" in the IndexedDB database "changed" .* Restore it from a backup\./
      assert.match(String(await one("get", "changed", "a")), corrupt)
      assert.match(String(await one("list", "changed", "")), corrupt)
      assert.strictEqual(await one("get", "changed", "b"), 2)
    }
    await other("overwrite", "changed", "records", b, { ...row, id: "b", value: 7 })
    assert.strictEqual(await one("get", "changed", "b"), 7)
    await other("overwrite", "changed", "store", "state", { commits: "many" })
    assert.match(String(await one("put", "changed", "b", 1)), /^Incompatible: /)
    assert.strictEqual(await one("get", "changed", "b"), 7)
  })

  it("asks for persistence, and tells what there is", async () => {
    assert.isBoolean(await one("persist"))
    assert.isBoolean(await askIn(tabs[0], "worker")("persist"))
    const space = await askIn(tabs[0], "worker")("space")
    assert.isObject(space)
    assert.containsAllKeys(space, ["usedBytes", "quotaBytes"])
  })
})
