/** The console, built out of the sources and served, and a browser. */
import { launch } from "@keystead/testbed/Chromium"
import { servePages } from "@keystead/testbed/Pages"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { build } from "../../site/Build.ts"

/** The built files, by their paths on the site. */
export const builtFiles = async (): Promise<Map<string, Uint8Array>> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-console-"))
  try {
    await build(folder)
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    return new Map(entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [`/${relative(folder, path)}`, readFileSync(path)]
    }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A page, and what it complained of. */
export interface Watched {
  readonly page: Page
  /** Errors and warnings of its console, and errors that nobody caught. */
  readonly complaints: ReadonlyArray<string>
}

/** Notes what a page complains of. */
export const watch = (page: Page): Watched => {
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(String(error)))
  return { page, complaints }
}

/** How long a test may take on a machine that does much else, in milliseconds; each waits for what it needs, and no longer. */
export const patience = 120_000

const environment: BrowserContextOptions = {
  locale: "en-GB",
  timezoneId: "UTC",
  viewport: { width: 1200, height: 900 },
  reducedMotion: "reduce"
}

/** Serves the files, and starts a browser. */
export const openSite = async (files: ReadonlyMap<string, Uint8Array | string>) => {
  const pages = await servePages(files)
  const browser = await launch()
  const context = async (options: BrowserContextOptions = {}): Promise<BrowserContext> => {
    const made = await browser.newContext({ ...environment, ...options })
    made.setDefaultTimeout(patience / 2)
    return made
  }
  return {
    origin: pages.origin,
    version: browser.version(),
    /** A private window. */
    context,
    /** A page in a private window of its own, at the console. */
    visit: async (options: BrowserContextOptions = {}): Promise<Watched> => {
      const watched = watch(await (await context(options)).newPage())
      await watched.page.goto(pages.origin)
      return watched
    },
    close: async () => {
      await browser.close()
      await pages.close()
    }
  }
}
