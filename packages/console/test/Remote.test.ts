import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import type { Page } from "playwright-core"
import { serve } from "./support/Keystead.ts"
import { builtFiles, openSite, patience } from "./support/Site.ts"
import { createKey, goTo, goToPart } from "./support/Steps.ts"

describe.runIf(await haveChromium())("keys behind `keystead serve`", { timeout: patience }, () => {
  let site: Awaited<ReturnType<typeof openSite>>
  let endpoint: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    site = await openSite(await builtFiles())
    endpoint = await serve(site.origin)
  })
  afterAll(async () => {
    await endpoint.close()
    await site.close()
  })

  const connect = async (page: Page, secret: string) => {
    const form = page.getByRole("form", { name: "Keys behind an endpoint" })
    await form.getByLabel("Endpoint").fill(endpoint.url)
    await form.getByLabel("Region").fill("eu-west-1")
    await form.getByLabel("Access key ID").fill(endpoint.accessKey.accessKeyId)
    await form.getByLabel("Secret access key").fill(secret)
    await form.getByRole("button", { name: "Connect" }).click()
  }

  it("are used as those of the browser are, with requests that the access key signs", async () => {
    const { complaints, page } = await site.visit()
    await connect(page, endpoint.accessKey.secretAccessKey)
    await page.getByRole("heading", { name: "No keys yet" }).waitFor()
    await createKey(page, { alias: "payroll", tags: "team=pay", users: "arn:aws:iam::111122223333:user/ada" })
    await page.getByText("arn:aws:kms:eu-west-1:111122223333:key/").waitFor()
    await page.getByRole("button", { name: "Rotate now" }).click()
    await page.getByRole("img", { name: /^2 key materials/ }).waitFor()
    await goToPart(page, "Policy")
    await page.getByRole("listitem").filter({ hasText: "user/ada can" }).first().waitFor()
    await goTo(page, "Text")
    const encrypt = page.getByRole("form", { name: "Encrypt" })
    await encrypt.getByLabel("Text", { exact: true }).fill("attack at dawn")
    await encrypt.getByRole("button", { name: "Encrypt" }).click()
    await encrypt.getByText("Ciphertext", { exact: true }).waitFor()
    await page.getByRole("form", { name: "Decrypt" }).getByRole("button", { name: "Decrypt" }).click()
    await page.getByRole("form", { name: "Decrypt" }).getByText("attack at dawn").waitFor()
    await goTo(page, "Audit trail")
    await page.getByLabel("Drop a file here").setInputFiles({
      name: "audit.jsonl",
      mimeType: "",
      buffer: endpoint.trail()
    })
    await page.getByText(/^The chain is whole/).waitFor()
    // NotFoundException tells the account where there are no keys, and the browser's console notes its status.
    assert.deepStrictEqual(complaints.filter((text) => !text.includes("400 (Bad Request)")), [])
    // A secret is in memory alone: whoever loads the page again is asked for it.
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))
    assert.notInclude(kept + await page.content(), endpoint.accessKey.secretAccessKey)
    await page.reload()
    await page.getByRole("heading", { name: "Keys behind an endpoint" }).waitFor()
    assert.strictEqual(await page.getByLabel("Access key ID").inputValue(), endpoint.accessKey.accessKeyId)
    assert.strictEqual(await page.getByLabel("Secret access key").inputValue(), "")
  })

  it("say why they are not opened: a wrong secret, and nobody there", async () => {
    const { page } = await site.visit()
    await connect(page, "a-secret-that-is-not-the-one")
    await page.getByRole("alert").filter({ hasText: "InvalidSignatureException" }).waitFor()
    await page.getByRole("textbox", { name: "Endpoint" }).fill("http://127.0.0.1:9")
    await page.getByRole("button", { name: "Connect" }).click()
    await page.getByRole("alert").filter({ hasText: `keystead serve --cors ${site.origin}` }).waitFor()
  })
})
