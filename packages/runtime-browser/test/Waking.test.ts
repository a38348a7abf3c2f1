/** What falls due while a page sleeps, with a clock that is moved under it. */
import { assert, describe, it } from "@effect/vitest"
import { haveChromium } from "@keystead/testbed/Chromium"
import type { Page } from "playwright-core"
import { type Chromium, inChromium } from "./support/Browser.ts"
import type { keystead as host } from "./support/Host.ts"

declare const keystead: typeof host

const day = 24 * 60 * 60 * 1000
const start = Date.UTC(2026, 10, 1)

/** A page whose clock stands still but when it is moved, with a key that goes in seven days. */
const sleeping = async ({ browser, pages }: Chromium): Promise<{ readonly page: Page; readonly KeyId: string }> => {
  const page = await (await browser.newContext()).newPage()
  await page.clock.install({ time: start })
  await page.clock.pauseAt(start + 1000)
  await page.goto(pages.origin)
  const KeyId = await page.evaluate(async () => {
    const kms = await keystead.openKms({ database: "keys" })
    const KeyId = (await kms.createKey()).KeyMetadata?.KeyId ?? ""
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    Object.assign(globalThis, { kms })
    return KeyId
  })
  return { page, KeyId }
}

/** Until the key's record is gone from the database. */
const gone = (page: Page, KeyId: string) =>
  page.evaluate(async (KeyId) => {
    while ((await keystead.dump()).some(([, row]) => String(Reflect.get(Object(row), "id")).includes(KeyId)));
    return "gone"
  }, KeyId)

describe.runIf(await haveChromium())("a page that slept", () => {
  const chromium = inChromium()

  it("answers rightly at once, before anything is written down", async () => {
    const { KeyId, page } = await sleeping(chromium)
    await page.clock.setSystemTime(start + 8 * day)
    const told = await page.evaluate((KeyId) => {
      const kms: Awaited<ReturnType<typeof keystead.openKms>> = Reflect.get(globalThis, "kms")
      return keystead.outcome(async () => (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState)
    }, KeyId)
    assert.strictEqual(told, "NotFoundException")
  })

  it("writes down what fell due when it is opened", async () => {
    const { KeyId, page } = await sleeping(chromium)
    await page.clock.setSystemTime(start + 8 * day)
    await page.evaluate(() => keystead.openKms({ database: "keys" }).then(() => undefined))
    assert.strictEqual(await gone(page, KeyId), "gone")
  })

  for (const [event, on] of [["visibilitychange", "document"], ["resume", "document"], ["pageshow", "window"]]) {
    it(`writes down what fell due when it comes back (${event})`, async () => {
      const { KeyId, page } = await sleeping(chromium)
      await page.clock.setSystemTime(start + 8 * day)
      await page.evaluate(`${on}.dispatchEvent(new Event("${event}"))`)
      assert.strictEqual(await gone(page, KeyId), "gone")
    })
  }

  it("writes it down by its timer, once an hour by the clock and not by ticks", async () => {
    const { KeyId, page } = await sleeping(chromium)
    await page.clock.setSystemTime(start + 8 * day)
    // One tick, where an hour of them was slept through.
    await page.clock.runFor(60_000)
    assert.strictEqual(await gone(page, KeyId), "gone")
  })
})
