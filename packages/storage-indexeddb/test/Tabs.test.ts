import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium, kill, launch, launchIn } from "@keystead/testbed/Chromium"
import type { Pages } from "@keystead/testbed/Pages"
import type { BrowserContext, Page } from "playwright-core"
import { askIn, makeProfile, openTab, removeProfile, serve } from "./support/Browser.ts"

const readLog = async (page: Page, name: string): Promise<{ readonly pair: unknown; readonly log: unknown }> => {
  const ask = askIn(page, "page")
  return { pair: await ask("list", name, "pair/"), log: await ask("list", name, "log/") }
}

/** What must be there of a writer that was killed: all that is known to be acknowledged, and each commit whole. */
const assertWhole = (found: Awaited<ReturnType<typeof readLog>>, acknowledged: number): void => {
  const { log, pair } = found
  assert.isArray(log)
  const last = Array.isArray(log) ? log.length : 0
  assert.isAtLeast(last, acknowledged)
  assert.deepStrictEqual(pair, [["pair/a", last], ["pair/b", last]])
}

describe.runIf(await haveChromium())("tabs and workers on one database", () => {
  const profile = makeProfile()
  let pages: Pages
  let browser: BrowserContext
  beforeAll(async () => {
    pages = await serve()
    browser = await launchIn(profile)
  })
  afterAll(async () => {
    await browser.close()
    await pages.close()
    removeProfile(profile)
  })

  /** Lets a tab commit without end, until so many are acknowledged; gives how many were. */
  const writeUntil = async (name: string, enough: number) => {
    const page = await openTab(browser, pages)
    const told = { acknowledged: 0 }
    let reach: () => void
    const reached = new Promise<void>((resolve) => {
      reach = resolve
    })
    await page.exposeFunction("acknowledge", (number: number) => {
      told.acknowledged = number
      if (number >= enough) reach()
    })
    const ended = askIn(page, "page")("write", name).catch(() => undefined)
    await reached
    return { page, told, ended }
  }

  it("lose no commit of each other's under load", async () => {
    const page = await openTab(browser, pages)
    const tabs = [page, await openTab(browser, pages)]
    const writers = [
      ...tabs.map((page) => askIn(page, "page")),
      ...tabs.map((page) => askIn(page, "worker")),
      ...tabs.slice(1).map((page) => askIn(page, "service worker"))
    ]
    const loaded = await Promise.all(
      writers.map(async (ask, index): Promise<ReadonlyArray<unknown>> => {
        const answer = await ask("load", "loaded", index, 40)
        assert.isArray(answer)
        return Array.isArray(answer) ? answer : []
      })
    )
    const ask = askIn(page, "page")
    const counters = await Promise.all([0, 1, 2].map((at) => ask("get", "loaded", `counter/${at}`)))
    const sum = (numbers: ReadonlyArray<unknown>) => numbers.reduce((total: number, one) => total + Number(one), 0)
    assert.strictEqual(sum(counters), sum(loaded.map(([raised]) => raised)))
    // They were in each other's way, else the test says nothing.
    assert.isAbove(sum(loaded.map(([, conflicts]) => conflicts)), 0)
    for (const tab of tabs) await tab.close()
  })

  it("have everything that was acknowledged, and nothing by half, when a tab is killed in mid-commit", async () => {
    const { ended, page, told } = await writeUntil("killed", 60)
    const crashed = new Promise((resolve) => page.once("crash", resolve))
    const session = await browser.newCDPSession(page)
    void session.send("Page.crash").catch(() => undefined)
    await crashed
    await page.close()
    await ended
    const other = await openTab(browser, pages)
    assertWhole(await readLog(other, "killed"), told.acknowledged)
    // The dead tab holds nothing.
    assert.strictEqual(await askIn(other, "page")("put", "killed", "after", 1), "")
    await other.close()
  })

  it("have it when the browser is killed, too", async () => {
    const { ended, told } = await writeUntil("killed with all", 60)
    await kill(browser)
    await ended
    browser = await launchIn(profile)
    const page = await openTab(browser, pages)
    assertWhole(await readLog(page, "killed with all"), told.acknowledged)
    assert.strictEqual(await askIn(page, "page")("put", "killed with all", "after", 1), "")
    await page.close()
  })

  it("have it after a reload, and without a network", async () => {
    const page = await openTab(browser, pages)
    const ask = askIn(page, "page")
    assert.strictEqual(await ask("put", "reloaded", "a", 1), "")
    await page.reload()
    assert.strictEqual(await ask("get", "reloaded", "a"), 1)
    await browser.setOffline(true)
    assert.strictEqual(await ask("put", "reloaded", "a", 2), "")
    assert.strictEqual(await ask("get", "reloaded", "a"), 2)
    await browser.setOffline(false)
    await page.reload()
    assert.strictEqual(await ask("get", "reloaded", "a"), 2)
    await page.close()
  })

  it("work in a private window, whose records end with it", async () => {
    const other = await launch()
    try {
      for (const found of [null, null]) {
        const window = await other.newContext()
        const [one, two] = [await openTab(window, pages), await openTab(window, pages)]
        assert.strictEqual(await askIn(one, "page")("get", "private", "a"), found)
        assert.strictEqual(await askIn(one, "page")("put", "private", "a", 1), "")
        assert.strictEqual(await askIn(two, "page")("get", "private", "a"), 1)
        await window.close()
      }
    } finally {
      await other.close()
    }
  })
})
