/** A Chromium, and pages of ours in it that have the tests' script. */
import { afterAll, beforeAll } from "@effect/vitest"
import { bundle } from "@keystead/testbed/Bundle"
import { launch } from "@keystead/testbed/Chromium"
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

/** What a group of tests has while it runs. */
export interface Chromium {
  readonly browser: Browser
  readonly pages: Pages
  /** A page of its own private window, with the script. */
  readonly page: () => Promise<Page>
}

/** Starts a browser before the tests of the group that calls this, serves the pages and these files, and ends both after them. */
export const inChromium = (more: () => Promise<Readonly<Record<string, string>>> = async () => ({})): Chromium => {
  let started: Omit<Chromium, "page"> | undefined
  const now = (): Omit<Chromium, "page"> => {
    if (started === undefined) throw new Error("The browser is there while tests run")
    return started
  }
  beforeAll(async () => {
    started = { pages: await serve(await more()), browser: await launch() }
  })
  afterAll(async () => {
    await started?.browser.close()
    await started?.pages.close()
  })
  return {
    get browser() {
      return now().browser
    },
    get pages() {
      return now().pages
    },
    page: () => newPage(now().browser, now().pages)
  }
}
