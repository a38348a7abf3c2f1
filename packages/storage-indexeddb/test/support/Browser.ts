/** A Chromium whose profile is a folder, and a page of ours in it. */
import { bundle } from "@keystead/testbed/Bundle"
import { type Pages, servePages } from "@keystead/testbed/Pages"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { BrowserContext, Page } from "playwright-core"
import type { Ask, Place } from "./Host.ts"

declare const ask: Ask

/** A folder for a profile; the caller removes it. */
export const makeProfile = (): string => mkdtempSync(join(tmpdir(), "keystead-idb-"))

/** Removes a profile, which Chromium's last process may still be writing to. */
export const removeProfile = (profile: string): void =>
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })

/** Serves the script for every place, and a page that has it. */
export const serve = async (): Promise<Pages> =>
  await servePages(
    new Map([
      ["/index.html", "<!doctype html><title>Store</title><script type=\"module\" src=\"/host.js\"></script>"],
      ["/host.js", await bundle(join(import.meta.dirname, "Host.ts"), "browser")]
    ])
  )

/** Lets the page, or a worker of it, do an action. */
export const askIn = (page: Page, place: Place) => (action: string, ...given: ReadonlyArray<unknown>) =>
  page.evaluate(([place, action, given]) => ask(place, action, given), [place, action, given] as const)

/** A new tab with our page. */
export const openTab = async (browser: BrowserContext, { origin }: Pages): Promise<Page> => {
  const page = await browser.newPage()
  await page.goto(origin)
  return page
}
