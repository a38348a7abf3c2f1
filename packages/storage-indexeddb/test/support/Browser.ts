/** A Chromium whose profile is a folder, and a page of ours in it. */
import { bundle } from "@keystead/testbed/Bundle"
import { type Pages, servePages } from "@keystead/testbed/Pages"
import { join } from "node:path"
import type { Page } from "playwright-core"
import type { Ask, Place } from "./Host.ts"

declare const ask: Ask

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
