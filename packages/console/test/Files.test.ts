import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Download, Page } from "playwright-core"
import { builtFiles, openSite, patience } from "./support/Site.ts"
import { createKey, goTo, openHere } from "./support/Steps.ts"

const megabytes = 24
/** Every megabyte another one. */
const content = Buffer.concat(Array.from({ length: megabytes }, (_, index) => Buffer.alloc(1_000_000, index + 1)))
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

describe.runIf(await haveChromium())("files", { timeout: patience }, () => {
  let site: Awaited<ReturnType<typeof openSite>>
  const folder = mkdtempSync(join(tmpdir(), "keystead-console-files-"))
  const file = (name: string) => join(folder, name)
  beforeAll(async () => {
    site = await openSite(await builtFiles())
    writeFileSync(file("film.bin"), content)
  })
  afterAll(async () => {
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Without File System Access, whose dialogue is the browser's own and no test can answer, files are downloaded. */
  const visit = async () => {
    const context = await site.context()
    await context.addInitScript("delete globalThis.showSaveFilePicker")
    const page = await context.newPage()
    await page.goto(site.origin)
    await openHere(page)
    await createKey(page, { alias: "films" })
    await goTo(page, "Files")
    return page
  }

  const saved = async (page: Page, button: string): Promise<Download> => {
    const downloading = page.waitForEvent("download")
    await page.getByRole("button", { name: button, exact: true }).click()
    return downloading
  }

  it("of some size are sealed and opened, streamed, with what they are bound to", async () => {
    const page = await visit()
    await page.getByLabel("Drop files here").setInputFiles(file("film.bin"))
    await page.getByLabel("Encryption context").fill("title=Dawn")
    const sealed = await saved(page, "Seal the file")
    assert.strictEqual(sealed.suggestedFilename(), "film.bin.sealed")
    await sealed.saveAs(file("film.bin.sealed"))
    const message = readFileSync(file("film.bin.sealed"))
    assert.isAbove(message.length, content.length)
    assert.notInclude(message.toString("latin1"), "\u0007".repeat(64))

    await page.getByRole("radio", { name: "Open" }).check()
    await page.getByLabel("Drop files here").setInputFiles(file("film.bin.sealed"))
    const opened = await saved(page, "Open the file")
    assert.strictEqual(opened.suggestedFilename(), "film.bin")
    await opened.saveAs(file("opened.bin"))
    assert.strictEqual(digest(readFileSync(file("opened.bin"))), digest(content))
    await page.getByText("Bound to title = Dawn").last().waitFor()

    message[message.length - 500_000] = (message[message.length - 500_000] ?? 0) ^ 1
    writeFileSync(file("altered.sealed"), message)
    await page.getByLabel("Drop files here").setInputFiles(file("altered.sealed"))
    await page.getByRole("button", { name: "Open the file", exact: true }).click()
    await page.getByText("Failed altered").waitFor()
  })

  it("go where the browser's dialogue says, and are cancelled on the way, which leaves nothing", async () => {
    const page = await visit()
    // The dialogue's answer: a file of the private file system.
    await page.evaluate(() => {
      const target = async () => (await navigator.storage.getDirectory()).getFileHandle("chosen", { create: true })
      Object.assign(globalThis, { showSaveFilePicker: target })
    })
    const chosen = () =>
      page.evaluate(async () => {
        const handle = await (await navigator.storage.getDirectory()).getFileHandle("chosen")
        return (await handle.getFile()).size
      })
    await page.getByLabel("Drop files here").setInputFiles({
      name: "note.txt",
      mimeType: "",
      buffer: Buffer.from("short")
    })
    await page.getByRole("button", { name: "Seal the file" }).click()
    await page.getByText("Sealed note.txt.sealed").waitFor()
    const before = await chosen()
    assert.isAbove(before, 0)
    // The button is pressed as soon as it is there.
    await page.getByLabel("Drop files here").setInputFiles(file("film.bin"))
    await page.evaluate(() => {
      const watcher = new MutationObserver(() => {
        const button = document.querySelector<HTMLButtonElement>("[aria-label=\"Cancel film.bin.sealed\"]")
        button?.click()
      })
      watcher.observe(document.body, { childList: true, subtree: true })
    })
    await page.getByRole("button", { name: "Seal the file" }).click()
    await page.getByText("Cancelled film.bin.sealed").waitFor()
    assert.strictEqual(await chosen(), before)
  })
})
