import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import { haveChromium, launchIn } from "@keystead/testbed/Chromium"
import type { Pages } from "@keystead/testbed/Pages"
import type { BrowserContext, Page } from "playwright-core"
import { askIn, makeProfile, openTab, removeProfile, serve } from "./support/Browser.ts"

describe.runIf(await haveChromium())("the contract in Chromium", () => {
  const profile = makeProfile()
  let pages: Pages
  let browser: BrowserContext
  let page: Page
  beforeAll(async () => {
    pages = await serve()
    browser = await launchIn(profile)
    page = await openTab(browser, pages)
  })
  afterAll(async () => {
    await browser.close()
    await pages.close()
    removeProfile(profile)
  })

  for (const place of ["page", "worker", "service worker"] as const) {
    describe(`in a ${place}`, () => {
      for (const [index, { name }] of contract({ durable: true }).entries()) {
        it(name, async () => assert.strictEqual(await askIn(page, place)("check", `${place} ${index}`, index), ""))
      }
    })
  }
})
