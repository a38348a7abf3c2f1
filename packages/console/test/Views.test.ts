import { AxeBuilder } from "@axe-core/playwright"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import type { Page } from "playwright-core"
import { album } from "./support/Pictures.ts"
import { moveTo, start, withPrelude } from "./support/Prelude.ts"
import { builtFiles, openSite, patience, watch, type Watched } from "./support/Site.ts"
import { createKey, goTo, goToPart, openHere, said } from "./support/Steps.ts"

const day = 24 * 60 * 60 * 1000

/** What axe finds, in light and in dark. */
const findings = async (page: Page): Promise<ReadonlyArray<string>> => {
  const all: Array<string> = []
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme })
    const axe = new AxeBuilder({ page })
    // In dark, nothing but the colours is another.
    const { violations } = await (colorScheme === "dark" ? axe.withRules(["color-contrast"]) : axe).analyze()
    for (const { help, nodes } of violations) {
      all.push(...nodes.map(({ html }) => `${colorScheme}: ${help}: ${html}`))
    }
  }
  await page.emulateMedia({ colorScheme: "light" })
  return all
}

describe.runIf(await haveChromium())("every view", { timeout: patience }, () => {
  let site: Awaited<ReturnType<typeof openSite>>
  let watched: Watched
  let pictures: Awaited<ReturnType<typeof album>>
  beforeAll(async () => {
    site = await openSite(withPrelude(await builtFiles()))
    // Playwright and axe put styles into the page, which its Content-Security-Policy forbids; other tests keep it.
    const page = await (await site.context({ serviceWorkers: "block", bypassCSP: true })).newPage()
    await page.clock.setFixedTime(start)
    watched = watch(page)
    await page.goto(site.origin)
    pictures = await album(page, site.version)
  })
  afterAll(() => site.close())

  /** Looks at a view: nothing is wrong with it, and it looks as it did. */
  const look = async (name: string) => {
    const { page } = watched
    // What was just done is read out, and goes away when it will.
    await page.addStyleTag({ content: ".notice { opacity: 0 }" })
    assert.deepStrictEqual(await findings(page), [], name)
    await page.evaluate(() => scrollTo(0, 0))
    await pictures.take(name)
  }

  it("is as it should be where nothing is open yet, and where there are no keys", async () => {
    await look("welcome")
    await openHere(watched.page)
    await watched.page.getByRole("heading", { name: "No keys yet" }).waitFor()
    await look("no-keys")
  })

  it("is as it should be for keys and all that belongs to one", async () => {
    const { page } = watched
    await page.getByRole("link", { name: "Create the first key" }).click()
    await look("new-key")
    await createKey(page, {
      alias: "payroll",
      description: "Salaries and slips",
      tags: "team=pay\nstage=live",
      administrators: "arn:aws:iam::111122223333:user/ada",
      users: "arn:aws:iam::111122223333:role/payroll"
    })
    for (const days of [70, 190]) {
      await moveTo(page, start + days * day)
      await page.getByRole("button", { name: "Rotate now" }).click()
      await page.getByRole("img", { name: days === 70 ? /^2 key materials/ : /^3 key materials/ }).waitFor()
    }
    await moveTo(page, start + 250 * day)
    await goTo(page, "Keys")
    await page.getByRole("link", { name: "payroll" }).click()
    await page.getByRole("img", { name: /^3 key materials/ }).waitFor()
    await page.getByRole("img", { name: /The key is enabled/ }).waitFor()
    await look("key")
    await page.getByRole("button", { name: "Schedule deletion…" }).click()
    await look("deletion")
    await page.keyboard.press("Escape")
    await goToPart(page, "Aliases and tags")
    await page.getByRole("heading", { name: "Aliases", exact: true }).waitFor()
    await look("names")
    await goToPart(page, "Grants")
    await page.getByLabel("Who").fill("arn:aws:iam::111122223333:user/bo")
    await page.getByLabel("Encryption context").fill("department=pay")
    await page.getByRole("button", { name: "Make the grant" }).click()
    await page.getByText("department = pay").waitFor()
    await look("grants")
    await goToPart(page, "Policy")
    await page.getByRole("heading", { name: "Who can do what, and why" }).waitFor()
    await look("policy")
  })

  it("is as it should be for the list of keys, on a phone and in the dark too", async () => {
    const { page } = watched
    await createKey(page, { alias: "signatures", usage: "Sign and verify", tags: "team=web" })
    await createKey(page, { alias: "webhooks", usage: "Message authentication" })
    await page.getByRole("button", { name: "Disable…" }).click()
    await page.getByRole("button", { name: "Disable the key" }).click()
    await said(page, "The key is disabled")
    await goTo(page, "Keys")
    await page.getByText("3 keys", { exact: true }).waitFor()
    await look("keys")
    await page.emulateMedia({ colorScheme: "dark" })
    await page.setViewportSize({ width: 390, height: 844 })
    await pictures.take("keys-phone-dark")
    await page.emulateMedia({ colorScheme: "light" })
    await page.setViewportSize({ width: 1200, height: 900 })
  })

  it("is as it should be for text, files, the audit trail and the backup", async () => {
    const { page } = watched
    await goTo(page, "Text")
    const encrypt = page.getByRole("form", { name: "Encrypt" })
    await encrypt.getByLabel("Text", { exact: true }).fill("attack at dawn")
    await encrypt.getByLabel("Encryption context").fill("department=pay")
    await encrypt.getByRole("button", { name: "Encrypt" }).click()
    await encrypt.getByText("Ciphertext", { exact: true }).waitFor()
    await page.getByRole("form", { name: "Decrypt" }).getByRole("button", { name: "Decrypt" }).click()
    await page.getByRole("form", { name: "Decrypt" }).getByText("attack at dawn").waitFor()
    await look("text")
    await goTo(page, "Files")
    await page.getByRole("combobox", { name: "Key" }).waitFor()
    await look("files")
    await goTo(page, "Audit trail")
    await page.getByText(/^The chain is whole/).waitFor()
    await look("audit")
    await goTo(page, "Backup")
    await page.getByText("are used by this site").waitFor()
    // How much room there is, is the machine's.
    await page.getByText("are used by this site").evaluate((element) => void (element.textContent = ""))
    await look("backup")
    // There is none here, and Playwright says so.
    assert.deepStrictEqual(watched.complaints.filter((text) => !text.includes("Service Worker registration")), [])
  })
})
