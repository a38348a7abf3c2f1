import { assert, describe, it } from "@effect/vitest"
import { haveChromium, launch } from "@keystead/testbed/Chromium"
import { servePages } from "@keystead/testbed/Pages"

describe.runIf(await haveChromium())("Chromium", () => {
  it("runs a page that is served here, in a context that it trusts, and finds nothing elsewhere", async () => {
    const pages = await servePages(new Map([["/index.html", "<title>Here</title>"]]))
    const browser = await launch()
    try {
      const page = await browser.newPage()
      await page.goto(pages.origin)
      assert.strictEqual(await page.title(), "Here")
      assert.isTrue(await page.evaluate("isSecureContext"))
      assert.strictEqual((await page.goto(`${pages.origin}/other`))?.status(), 404)
    } finally {
      await browser.close()
      await pages.close()
    }
  })
})
