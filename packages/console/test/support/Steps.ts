/** What people do in the console. */
import type { Page } from "playwright-core"

/** Opens the keys of the browser. */
export const openHere = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Open keys in this browser" }).click()
  await page.getByRole("heading", { name: "Keys", exact: true }).waitFor()
}

/** Goes to a view. */
export const goTo = async (page: Page, view: string): Promise<void> => {
  await page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: view }).click()
}

/** Goes to a part of a key. */
export const goToPart = async (page: Page, part: string): Promise<void> => {
  await page.getByRole("navigation", { name: "Parts of the key" }).getByRole("link", { name: part }).click()
}

/** Waits until the console says it. */
export const said = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("status").filter({ hasText: text }).waitFor()
}

/** What a new key is told. */
export interface Wanted {
  readonly alias: string
  readonly description?: string
  readonly tags?: string
  readonly administrators?: string
  readonly users?: string
  readonly usage?: string
  readonly spec?: string
}

/** Makes a key, and ends at its view. */
export const createKey = async (page: Page, wanted: Wanted): Promise<void> => {
  await goTo(page, "Keys")
  await page.getByRole("link", { name: /^Create (a|the first) key$/ }).first().click()
  if (wanted.usage !== undefined) await page.getByLabel("Usage").selectOption({ label: wanted.usage })
  if (wanted.spec !== undefined) await page.getByLabel("Spec").selectOption({ label: wanted.spec })
  await page.getByLabel("Alias").fill(wanted.alias)
  await page.getByLabel("Description").fill(wanted.description ?? "")
  await page.getByLabel("Tags").fill(wanted.tags ?? "")
  await page.getByLabel("Administrators").fill(wanted.administrators ?? "")
  await page.getByLabel("Users").fill(wanted.users ?? "")
  await page.getByRole("button", { name: "Create the key" }).click()
  await page.getByRole("heading", { name: wanted.alias, exact: true }).waitFor()
}
