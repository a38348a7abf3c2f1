import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { gzipSync } from "node:zlib"
import type { Page } from "playwright-core"
import { builtFiles, openSite, patience } from "./support/Site.ts"
import { createKey, goTo, goToPart, openHere } from "./support/Steps.ts"

/** What the console's first load may weigh, gzipped: until the keys show. */
const limit = 170_000

const encrypt = async (page: Page, text: string): Promise<string> => {
  await goTo(page, "Text")
  const form = page.getByRole("form", { name: "Encrypt" })
  await form.getByLabel("Text", { exact: true }).fill(text)
  await form.getByRole("button", { name: "Encrypt" }).click()
  return await form.locator("output").innerText()
}

const decrypt = async (page: Page, ciphertext: string): Promise<string> => {
  await goTo(page, "Text")
  const form = page.getByRole("form", { name: "Decrypt" })
  await form.getByLabel("Ciphertext", { exact: true }).fill(ciphertext)
  await form.getByRole("button", { name: "Decrypt" }).click()
  return await form.locator("output").innerText()
}

const shown = (page: Page) => page.getByRole("heading", { name: "Keys", exact: true }).waitFor()

describe.runIf(await haveChromium())("the page", { timeout: patience }, () => {
  let files: Awaited<ReturnType<typeof builtFiles>>
  let site: Awaited<ReturnType<typeof openSite>>
  beforeAll(async () => {
    files = await builtFiles()
    site = await openSite(files)
  })
  afterAll(() => site.close())

  it(`weighs at most ${limit} bytes until the keys of the browser show`, async () => {
    const page = await (await site.context({ serviceWorkers: "block" })).newPage()
    const asked = new Set<string>()
    page.context().on("request", (request) => asked.add(new URL(request.url()).pathname))
    await page.goto(site.origin)
    await openHere(page)
    await page.getByRole("heading", { name: "No keys yet" }).waitFor()
    const paths = [...asked].map((path) => path === "/" ? "/index.html" : path)
    const worker = paths.find((path) => /Local-.*\.js$/.test(path))
    assert.isDefined(worker, "what the worker asks for is seen too")
    const weight = paths.reduce((sum, path) => sum + gzipSync(files.get(path) ?? "", { level: 9 }).length, 0)
    assert.isAbove(weight, 50_000)
    assert.isAtMost(weight, limit)
  })

  it("works after a reload, and without a network, with every part of it", async () => {
    const { complaints, page } = await site.visit()
    await openHere(page)
    await createKey(page, { alias: "kept" })
    const ciphertext = await encrypt(page, "attack at dawn")
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await page.reload()
    assert.strictEqual(await decrypt(page, ciphertext), "attack at dawn")
    await page.context().setOffline(true)
    await page.reload()
    assert.strictEqual(await decrypt(page, ciphertext), "attack at dawn")
    await goTo(page, "Keys")
    await page.getByRole("link", { name: "kept" }).click()
    await goToPart(page, "Policy")
    await page.getByRole("heading", { name: "Who can do what, and why" }).waitFor()
    await goTo(page, "Audit trail")
    await page.getByText(/^The chain is whole/).waitFor()
    assert.deepStrictEqual(complaints, [])
    const manifest = await page.evaluate(async () => (await fetch("manifest.webmanifest")).json())
    for (const { src } of manifest.icons) {
      assert.isTrue(await page.evaluate(async (src) => (await fetch(src)).ok, src), src)
    }
  })

  it("knows nothing of other windows in a private one, and works there", async () => {
    const { page } = await site.visit()
    await openHere(page)
    await page.getByRole("heading", { name: "No keys yet" }).waitFor()
    await createKey(page, { alias: "private" })
    assert.isNotEmpty(await encrypt(page, "attack at dawn"))
  })

  it("is used with the keyboard alone", async () => {
    const { page } = await site.visit()
    const focus = async (name: string | RegExp, role: "button" | "link" | "textbox") => {
      const wanted = page.getByRole(role, { name }).first()
      await wanted.waitFor()
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press("Tab")
        if (await wanted.evaluate((element) => element === document.activeElement)) return
      }
      assert.fail(`Tab never came to ${String(name)}`)
    }
    await focus("Open keys in this browser", "button")
    await page.keyboard.press("Enter")
    await shown(page)
    await focus("Create the first key", "link")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "Create a key" }).waitFor()
    await focus("Alias", "textbox")
    await page.keyboard.type("typed")
    await page.keyboard.press("Enter")
    await page.getByRole("heading", { name: "typed" }).waitFor()
    await focus("Disable…", "button")
    await page.keyboard.press("Enter")
    await page.getByRole("dialog").waitFor()
    await page.keyboard.press("Escape")
    await page.getByRole("dialog").waitFor({ state: "hidden" })
    assert.isTrue(
      await page.getByRole("button", { name: "Disable…" }).evaluate((element) => element === document.activeElement)
    )
  })

  it("fits a phone: no view is wider than the screen", async () => {
    const { page } = await site.visit({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
    const fits = async (view: string) => {
      await page.getByRole("heading", { level: 1 }).waitFor()
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
      assert.deepStrictEqual(widths, [360, 360], view)
    }
    await fits("Welcome")
    await openHere(page)
    await fits("No keys")
    await createKey(page, {
      alias: "a-long-name-for-a-small-screen/and-still-longer-than-that",
      tags: "team=pay\nstage=live",
      users: "arn:aws:iam::111122223333:role/a-role-with-a-name-that-goes-on-and-on-and-on"
    })
    await fits("Overview")
    for (const part of ["Aliases and tags", "Grants", "Policy"]) {
      await goToPart(page, part)
      await page.getByRole("heading", { level: 2 }).first().waitFor()
      await fits(part)
    }
    for (const view of ["Keys", "Text", "Files", "Audit trail", "Backup"]) {
      await goTo(page, view)
      await page.getByRole("heading", { name: view === "Keys" ? "Keys" : new RegExp(view, "i"), level: 1 }).waitFor()
      await fits(view)
    }
  })

  it("saves all keys to a sealed file, brings them back where they were erased, and asks for a passphrase", async () => {
    const { page } = await site.visit()
    await openHere(page)
    await createKey(page, { alias: "saved" })
    const ciphertext = await encrypt(page, "attack at dawn")
    await goTo(page, "Backup")
    const form = page.getByRole("form", { name: "Save a backup" })
    await form.getByLabel("New passphrase").fill("correct horse battery staple")
    await form.getByLabel("The same again").fill("another")
    assert.isTrue(await form.getByRole("button", { name: "Save the backup" }).isDisabled())
    await form.getByLabel("The same again").fill("correct horse battery staple")
    const saving = page.waitForEvent("download")
    await form.getByRole("button", { name: "Save the backup" }).click()
    const backup = Buffer.concat(await (await (await saving).createReadStream()).toArray())

    await page.getByRole("button", { name: "Erase everything…" }).click()
    await page.getByRole("dialog").getByText("unless you have a backup and its passphrase").waitFor()
    await page.getByLabel("Type “erase” to go on").fill("erase")
    await page.getByRole("dialog").getByRole("button", { name: "Erase everything" }).click()
    await openHere(page)
    await page.getByRole("heading", { name: "No keys yet" }).waitFor()

    await goTo(page, "Backup")
    await page.getByLabel("Drop a file here").setInputFiles({ name: "keys.keystead", mimeType: "", buffer: backup })
    await page.getByLabel("Passphrase of the backup").fill("correct horse battery staple")
    await page.getByRole("button", { name: "Restore" }).click()
    await page.getByRole("link", { name: "saved" }).waitFor()
    assert.strictEqual(await decrypt(page, ciphertext), "attack at dawn")

    await goTo(page, "Backup")
    const protection = page.getByRole("form", { name: "What protects the keys here" })
    await protection.getByLabel("New passphrase").fill("a secret of mine")
    await protection.getByLabel("The same again").fill("a secret of mine")
    await protection.getByRole("button", { name: "Ask for this passphrase" }).click()
    await protection.getByText("it is asked for whenever").waitFor()
    await page.reload()
    await page.getByLabel("Passphrase").fill("a secret of somebody")
    await page.getByRole("button", { name: "Open keys in this browser" }).click()
    await page.getByRole("alert").waitFor()
    await page.getByLabel("Passphrase").fill("a secret of mine")
    await page.getByRole("button", { name: "Open keys in this browser" }).click()
    await page.getByRole("heading", { name: "Backup", exact: true }).waitFor()
    assert.strictEqual(await decrypt(page, ciphertext), "attack at dawn")
  })
})
