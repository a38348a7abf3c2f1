import { assert, describe, it } from "@effect/vitest"
import { bundle } from "@keystead/testbed/Bundle"
import { haveChromium, launch } from "@keystead/testbed/Chromium"
import { servePages } from "@keystead/testbed/Pages"
import { Miniflare } from "miniflare"
import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"

const support = join(import.meta.dirname, "support")
const bin = join(import.meta.dirname, "..", "..", "..", "node_modules", ".bin")
const run = promisify(execFile)

const printed = async (command: string, args: ReadonlyArray<string>): Promise<string> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-webcrypto-"))
  try {
    const file = join(folder, "program.mjs")
    writeFileSync(file, await bundle(join(support, "Program.ts"), command === "deno" ? "deno" : "node"))
    const { stdout } = await run(command === "node" ? process.execPath : join(bin, command), [...args, file])
    return stdout.trim()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const hasChromium = await haveChromium()

describe("The layer agrees with noble's", () => {
  it("in Node", async () => assert.strictEqual(await printed("node", []), "ok"))

  it("in Deno, without a permission", async () =>
    assert.strictEqual(await printed("deno", ["run", "--no-prompt"]), "ok"))

  it("in Bun", async () => assert.strictEqual(await printed("bun", []), "ok"))

  it("in workerd", async () => {
    const contents = await bundle(join(support, "Worker.ts"), "workerd")
    const workerd = new Miniflare({
      modules: [{ type: "ESModule", path: "worker.mjs", contents }],
      compatibilityDate: "2026-07-01"
    })
    try {
      const reply = await workerd.dispatchFetch("http://localhost/")
      assert.strictEqual(await reply.text(), "ok")
    } finally {
      await workerd.dispose()
    }
  })

  it.runIf(hasChromium)("in Chromium", async () => {
    const pages = await servePages(
      new Map([
        ["/index.html", "<title>…</title><script type=module src=page.js></script>"],
        ["/page.js", await bundle(join(support, "Page.ts"), "browser")]
      ])
    )
    const browser = await launch()
    try {
      const page = await browser.newPage()
      await page.goto(pages.origin)
      await page.waitForFunction("document.title !== '…'")
      assert.strictEqual(await page.title(), "ok")
    } finally {
      await browser.close()
      await pages.close()
    }
  })
})
