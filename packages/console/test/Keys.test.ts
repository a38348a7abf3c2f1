import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import { builtFiles, openSite, patience, type Watched } from "./support/Site.ts"
import { createKey, goTo, goToPart, openHere, said } from "./support/Steps.ts"

const ada = "arn:aws:iam::111122223333:user/ada"
const payroll = "arn:aws:iam::111122223333:role/payroll"

describe.runIf(await haveChromium())("keys in this browser", { timeout: patience }, () => {
  let site: Awaited<ReturnType<typeof openSite>>
  let watched: Watched
  beforeAll(async () => {
    site = await openSite(await builtFiles())
    watched = await site.visit()
    await openHere(watched.page)
  })
  afterAll(() => site.close())

  it("are made, and found by alias, description, tag and state", async () => {
    const { page } = watched
    await createKey(page, {
      alias: "payroll",
      description: "Salaries",
      tags: "team=pay",
      administrators: ada,
      users: payroll
    })
    await createKey(page, { alias: "signatures", usage: "Sign and verify", tags: "team=web" })
    await goTo(page, "Keys")
    const names = () => page.getByRole("list", { name: "Keys" }).getByRole("link").allInnerTexts()
    await page.getByText("2 keys", { exact: true }).waitFor()
    assert.sameMembers(await names(), ["payroll", "signatures"])
    for (const [search, found] of [["pay salar", 1], ["team=web", 1], ["enabled", 2], ["nothing", 0]] as const) {
      await page.getByLabel("Search").fill(search)
      assert.lengthOf(await names(), found, search)
    }
    await page.getByLabel("Search").fill("")
    assert.deepStrictEqual(watched.complaints, [])
  })

  it("are disabled, enabled, rotated and scheduled for deletion, each asked for and drawn", async () => {
    const { page } = watched
    await goTo(page, "Keys")
    await page.getByRole("link", { name: "payroll", exact: true }).click()
    const diagram = page.getByRole("img", { name: /^The key is/ })
    await page.getByRole("img", { name: /The key is enabled\. DisableKey leads to Disabled/ }).waitFor()

    await page.getByRole("button", { name: "Rotate now" }).click()
    await said(page, "new material")
    await page.getByRole("img", { name: /^2 key materials, .* The next rotation is on/ }).waitFor()

    await page.getByRole("button", { name: "Disable…" }).click()
    await page.getByRole("dialog").getByText("Nothing is lost").waitFor()
    await page.keyboard.press("Escape")
    assert.match(await diagram.getAttribute("aria-label") ?? "", /is enabled/)
    await page.getByRole("button", { name: "Disable…" }).click()
    await page.getByRole("button", { name: "Disable the key" }).click()
    await page.getByRole("img", { name: /The key is disabled\. EnableKey leads to Enabled/ }).waitFor()
    await page.getByRole("button", { name: "Enable", exact: true }).click()
    await page.getByRole("img", { name: /The key is enabled/ }).waitFor()

    await page.getByRole("button", { name: "Schedule deletion…" }).click()
    const dialog = page.getByRole("dialog")
    await dialog.getByText("everything that was ever encrypted under it").waitFor()
    assert.isTrue(await dialog.getByRole("button", { name: "Schedule the deletion" }).isDisabled())
    await dialog.getByLabel("Waiting period in days").fill("7")
    await dialog.getByLabel("Type “payroll” to go on").fill("payroll")
    await dialog.getByRole("button", { name: "Schedule the deletion" }).click()
    await page.getByRole("img", { name: /The key is pending deletion\. .*CancelKeyDeletion leads to Disabled/ })
      .waitFor()
    await page.getByRole("img", { name: /The key is deleted on/ }).waitFor()
    await page.getByRole("button", { name: "Cancel the deletion" }).click()
    await page.getByRole("button", { name: "Enable", exact: true }).click()
    await page.getByRole("img", { name: /The key is enabled/ }).waitFor()
    assert.deepStrictEqual(watched.complaints, [])
  })

  it("have aliases, tags and grants, which are added and ended", async () => {
    const { page } = watched
    await goToPart(page, "Aliases and tags")
    await page.getByLabel("New alias").fill("wages")
    await page.getByRole("button", { name: "Add the alias" }).click()
    await page.getByRole("button", { name: "Delete alias/wages" }).click()
    await page.getByRole("dialog").getByText("find it no more").waitFor()
    await page.getByRole("dialog").getByRole("button", { name: "Delete the alias" }).click()
    await said(page, "The alias is deleted")
    await page.getByLabel("Tag key").fill("stage")
    await page.getByLabel("Value").fill("live")
    await page.getByRole("button", { name: "Set the tag" }).click()
    await page.getByRole("button", { name: "Remove the tag stage" }).click()
    await said(page, "The tag stage is removed")

    await goToPart(page, "Grants")
    await page.getByLabel("Who").fill(payroll)
    await page.getByLabel("Encrypt", { exact: true }).check()
    await page.getByLabel("Encryption context").fill("department=pay")
    await page.getByRole("button", { name: "Make the grant" }).click()
    await page.getByText("department = pay").waitFor()
    await page.getByRole("button", { name: `Revoke the grant of ${payroll}` }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Revoke the grant" }).click()
    await page.getByText("Nobody has a grant for this key.").waitFor()
    assert.deepStrictEqual(watched.complaints, [])
  })

  it("have a policy that says who can do what, and warns before it locks everyone out", async () => {
    const { page } = watched
    await goToPart(page, "Policy")
    await page.getByLabel("Action").selectOption({ label: "Decrypt" })
    const who = page.getByRole("region", { name: "Who can do what, and why" }).getByRole("listitem")
    await who.filter({ hasText: `${payroll} can` }).filter({ hasText: "“Allow use of the key”" }).waitFor()
    await who.filter({ hasText: `${ada} can under conditions` }).waitFor()
    await page.getByLabel("Action").selectOption({ label: "PutKeyPolicy" })
    await who.filter({ hasText: `${ada} can` }).filter({ hasText: "“Allow access for Key Administrators”" }).waitFor()

    const editor = page.getByLabel("Key policy (JSON)")
    const before = await editor.inputValue()
    await editor.fill("{")
    await page.getByRole("alert").waitFor()
    assert.isTrue(await page.getByRole("button", { name: "Save" }).isDisabled())
    const locking = { Effect: "Allow", Principal: { AWS: payroll }, Action: "kms:Decrypt", Resource: "*" }
    await editor.fill(JSON.stringify({ Version: "2012-10-17", Statement: [locking] }))
    await page.getByText("This locks everyone out.").waitFor()
    await page.getByRole("button", { name: "Save" }).click()
    await page.getByRole("dialog").getByText("Nobody can take that back").waitFor()
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click()
    await page.getByRole("button", { name: "Undo" }).click()
    assert.strictEqual(await editor.inputValue(), before)
    await editor.fill(before.replace("kms:Revoke*", "kms:RevokeGrant"))
    await page.getByRole("button", { name: "Save" }).click()
    await said(page, "The policy is saved")
    assert.deepStrictEqual(watched.complaints, [])
  })

  it("encrypt and decrypt text, and say why not; nothing of it stays in the page", async () => {
    const { page } = watched
    await goTo(page, "Text")
    const encrypt = page.getByRole("form", { name: "Encrypt" })
    const decrypt = page.getByRole("form", { name: "Decrypt" })
    await encrypt.getByLabel("Text", { exact: true }).fill("attack at dawn")
    await encrypt.getByLabel("Encryption context").fill("department=pay")
    await encrypt.getByRole("button", { name: "Encrypt" }).click()
    await encrypt.getByText("Ciphertext", { exact: true }).waitFor()
    await decrypt.getByRole("button", { name: "Decrypt" }).click()
    await decrypt.getByText("attack at dawn").waitFor()
    await decrypt.getByLabel("Its encryption context").fill("department=web")
    await decrypt.getByRole("button", { name: "Decrypt" }).click()
    await decrypt.getByRole("alert").filter({ hasText: "with this encryption context" }).waitFor()
    await goTo(page, "Keys")
    await page.getByText("2 keys", { exact: true }).waitFor()
    const left = await page.evaluate(() =>
      document.documentElement.outerHTML + [...document.querySelectorAll("textarea")].map(({ value }) => value).join("")
    )
    assert.notInclude(left, "attack at dawn")
    assert.deepStrictEqual(watched.complaints, [])
  })

  it("are key pairs, too: RSA's by the browser, lattices' by the core", async () => {
    const { page } = watched
    await createKey(page, { alias: "rsa", usage: "Sign and verify", spec: "RSA 2048" })
    await page.getByText("RSASSA_PSS_SHA_256").waitFor()
    await createKey(page, { alias: "lattice", usage: "Key encapsulation", spec: "ML KEM 512" })
    await page.getByRole("img", { name: /^1 key material/ }).waitFor()
    assert.deepStrictEqual(watched.complaints, [])
  })

  it("write an audit trail, whose chain is checked", async () => {
    const { page } = watched
    await goTo(page, "Audit trail")
    await page.getByText(/^The chain is whole: \d+ entries by 1 writer/).waitFor()
    const entries = page.getByRole("region", { name: "In this browser" }).getByRole("listitem")
    await entries.filter({ hasText: "Decrypt" }).filter({ hasText: "InvalidCiphertextException" }).waitFor()
    const saving = page.waitForEvent("download")
    await page.getByRole("button", { name: "Save it to a file" }).click()
    const trail = await (await saving).createReadStream()
    const lines = (await trail.toArray()).join("").trimEnd().split("\n")
    const check = async (name: string, text: string) =>
      page.getByLabel("Drop a file here").setInputFiles({ name, mimeType: "", buffer: Buffer.from(text) })
    await check("whole.jsonl", lines.join("\n"))
    const own = page.getByRole("region", { name: "Check a file" })
    await own.getByText(/^The chain is whole/).waitFor()
    await check("altered.jsonl", lines.join("\n").replace("Salaries", "Wages"))
    await own.getByText("it was altered").waitFor()
    await check("cut.jsonl", lines.toSpliced(1, 1).join("\n"))
    await own.getByText("is missing before it").waitFor()
    assert.deepStrictEqual(watched.complaints, [])
  })
})
