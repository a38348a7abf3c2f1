/** A Chromium, and pages of ours in it that have the tests' script. */
import { bundle } from "@keystead/testbed/Bundle"
import { type Pages, servePages } from "@keystead/testbed/Pages"
import { join } from "node:path"
import type { Browser, Page } from "playwright-core"

let script: Promise<string> | undefined

/** The tests' script as one file, made once. */
const host = (): Promise<string> => script ??= bundle(join(import.meta.dirname, "Host.ts"), "browser")

/** Serves a page that has the tests' script, the script, and more files. */
export const serve = async (more: Readonly<Record<string, string>> = {}): Promise<Pages> =>
  await servePages(
    new Map([
      ["/index.html", "<!doctype html><title>Keystead</title><script type=\"module\" src=\"/host.js\"></script>"],
      ["/host.js", await host()],
      ...Object.entries(more)
    ])
  )

/** A page of its own private window, with the script. */
export const newPage = async (browser: Browser, pages: Pages): Promise<Page> => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(pages.origin)
  return page
}
