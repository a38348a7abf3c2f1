/** `node packages/console/site/DrawIcons.ts`: the icon as PNG, for hosts that take no SVG, drawn by Chromium. */
import { launch } from "@keystead/testbed/Chromium"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "..", "public")
const svg = readFileSync(join(folder, "icon.svg"), "utf8")

const browser = await launch()
for (const size of [180, 192, 512]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  // A mask may cut the corners: the ground goes to the edge.
  await page.setContent(`<style>body{margin:0;background:#0b6b5d}svg{display:block}</style>${svg}`)
  await page.screenshot({ path: join(folder, `icon-${size}.png`) })
}
await browser.close()
