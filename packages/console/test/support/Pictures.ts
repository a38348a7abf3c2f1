/**
 * Pictures of the console, kept in docs/console and compared with what it looks like now.
 *
 * Letters look different where there are other fonts or there is another Chromium: then pictures are taken, and not
 * compared, and the reason is told. `KEYSTEAD_PICTURES=write` keeps the new ones.
 */
import { assert } from "@effect/vitest"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import pixelmatch from "pixelmatch"
import type { Page } from "playwright-core"
import { PNG } from "pngjs"

const folder = join(import.meta.dirname, "../../../../docs/console")
const writing = process.env["KEYSTEAD_PICTURES"] === "write"

/** Of all pixels, how many may differ: an id has another width, a line is a shade darker. */
const tolerance = 0.01

/** What letters look like here: the browser, and how wide its fonts are. */
const renderingOf = async (page: Page, version: string): Promise<string> => {
  const widths = await page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d")
    return ["system-ui", "sans-serif", "ui-monospace", "monospace"].map((family) => {
      if (context === null) return 0
      context.font = `100px ${family}`
      return context.measureText("Keystead: 0123456789 ✓ — fi Wäg").width
    })
  })
  return JSON.stringify({ chromium: version, widths }, null, 2) + "\n"
}

/** The share of pixels that differ; 1 if the pictures have other sizes. */
const difference = (taken: Buffer, kept: Buffer): number => {
  const [left, right] = [PNG.sync.read(taken), PNG.sync.read(kept)]
  const { height, width } = left
  if (right.width !== width || right.height !== height) return 1
  return pixelmatch(left.data, right.data, undefined, width, height, { threshold: 0.05 }) / (width * height)
}

/** Takes pictures of a page. */
export const album = async (page: Page, version: string) => {
  const record = join(folder, "rendering.json")
  const rendering = await renderingOf(page, version)
  if (writing) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(record, rendering)
  }
  const same = existsSync(record) && readFileSync(record, "utf8") === rendering
  if (!same) {
    process.stderr.write(
      "Pictures of the console are not compared: this Chromium, or its fonts, are others than theirs.\n"
    )
  }
  return {
    take: async (name: string): Promise<void> => {
      const path = join(folder, `${name}.png`)
      const taken = await page.screenshot({
        fullPage: !await page.getByRole("dialog").isVisible(),
        animations: "disabled"
      })
      assert.isAbove(taken.length, 5000, name)
      if (writing) return writeFileSync(path, taken)
      assert.isTrue(existsSync(path), `docs/console has ${name}.png`)
      if (same) assert.isAtMost(difference(taken, readFileSync(path)), tolerance, `${name} looks as it is kept`)
    }
  }
}
