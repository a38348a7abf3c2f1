/** `examples/browser-notes`, built by Vite as its user would, from these sources. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium, launchIn } from "@keystead/testbed/Chromium"
import { type Pages, servePages } from "@keystead/testbed/Pages"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { BrowserContext } from "playwright-core"
import { build } from "vite"

const packages = join(import.meta.dirname, "..", "..")
const example = join(packages, "..", "examples", "browser-notes")

/** The files of the app, by their paths. */
const app = async (): Promise<ReadonlyMap<string, string | Uint8Array>> => {
  const built = await build({
    root: example,
    configFile: false,
    logLevel: "error",
    build: { write: false },
    resolve: { alias: [{ find: /^@keystead\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` }] }
  })
  const output = "output" in built ? built.output : []
  return new Map(output.map((file) => [`/${file.fileName}`, file.type === "chunk" ? file.code : file.source]))
}

describe.runIf(await haveChromium())("the example of notes", () => {
  const profile = mkdtempSync(join(tmpdir(), "keystead-notes-"))
  let pages: Pages
  let browser: BrowserContext
  beforeAll(async () => {
    pages = await servePages(await app())
    browser = await launchIn(profile)
  })
  afterAll(async () => {
    await browser.close()
    await pages.close()
    rmSync(profile, { recursive: true, force: true })
  })

  it("keeps notes that are there after the page was loaded again, and in no file of the browser", async () => {
    const page = await browser.newPage()
    await page.goto(pages.origin)
    const text = "the submarine leaves at dawn"
    await page.getByLabel("Note").fill(text)
    await page.getByRole("button", { name: "Seal" }).click()
    await page.getByRole("listitem").filter({ hasText: text }).waitFor()
    await page.reload()
    await page.getByRole("listitem").filter({ hasText: text }).waitFor()
    assert.strictEqual(await page.getByRole("status").textContent(), "1 sealed")

    const records = await page.evaluate(async () => {
      const request = indexedDB.open("notes")
      await new Promise((resolve) => request.addEventListener("success", resolve))
      const all = request.result.transaction("notes").objectStore("notes").getAll()
      await new Promise((resolve) => all.addEventListener("success", resolve))
      return all.result.map((value) => String.fromCharCode(...value))
    })
    assert.strictEqual(records.length, 1)
    assert.notInclude(records[0], text)

    await browser.close()
    const folder = join(profile, "Default", "IndexedDB")
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    // IndexedDB writes text in one byte a letter, or in two.
    const holds = (text: string) =>
      files.some(({ name, parentPath }) => {
        const content = readFileSync(join(parentPath, name))
        return content.includes(text) || content.includes(Buffer.from(text, "utf16le"))
      })
    assert.isTrue(holds("alias/notes"), "what is no secret is found")
    assert.isFalse(holds(text))
  })
})
