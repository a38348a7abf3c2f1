/** A Keystead in a page: calls on keys in IndexedDB, opening, and sealing large files, measured in Chromium. */
import { bundle } from "@keystead/testbed/Bundle"
import { launchIn } from "@keystead/testbed/Chromium"
import { servePages } from "@keystead/testbed/Pages"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { BrowserContext, Page } from "playwright-core"
import { type Contender, measure, median, nanoseconds, type Samples, timesFaster } from "../framework/Measure.ts"
import { atLeast, atMost, type Result } from "../framework/Result.ts"
import type { Suite } from "../framework/Suite.ts"
import type { tasks as inPage } from "../support/browser/Page.ts"
import { extraMemory } from "../support/browser/RendererMemory.ts"

declare const tasks: typeof inPage

const gibibyte = 2 ** 30
const sizes = { small: 100, large: 10_000 }

const contender = (page: Page) => (name: string): Contender => ({
  name,
  batch: (count) => page.evaluate(([name, count]) => tasks.batch(name, count), [name, count] as const)
})

const plain = (name: string, value: number, unit: string, target: Result["target"] = null): Result => ({
  name,
  value,
  unit,
  against: null,
  ratio: null,
  target
})

const calls = async (page: Page): Promise<ReadonlyArray<Result>> => {
  const targets = new Map([["Encrypt", atLeast(2000)], ["GenerateDataKey", atLeast(2000)]])
  const names = ["Encrypt", "GenerateDataKey", "Decrypt", "DescribeKey"]
  const samples = await measure(names.map(contender(page)), { rounds: 15, sample: 250 })
  return names.map((name) => plain(name, 1e9 / nanoseconds(samples, name), "calls/s", targets.get(name)))
}

const sealing = async (page: Page): Promise<ReadonlyArray<Result>> => {
  const samples = await measure(["seal, bare", "seal", "open, bare", "open"].map(contender(page)), {
    rounds: 15,
    sample: 300
  })
  return ["seal", "open"].flatMap((name) => [bare(samples, name), whole(samples, name)])
}

const rate = (samples: Samples, name: string): number => 64 / (nanoseconds(samples, name) / 1e9)

const bare = (samples: Samples, name: string): Result =>
  plain(`${name} 64 MiB, bare`, rate(samples, `${name}, bare`), "MiB/s")

const whole = (samples: Samples, name: string): Result => ({
  name: `${name} 64 MiB`,
  value: rate(samples, name),
  unit: "MiB/s",
  against: `${name} 64 MiB, bare`,
  ratio: timesFaster(samples, name, `${name}, bare`),
  target: atLeast(0.8)
})

const opening = async (page: Page): Promise<ReadonlyArray<Result>> => {
  const stores = await Promise.all(
    Object.values(sizes).map(async (size) => ({
      database: `keys-${size}`,
      ids: await page.evaluate(([database, size]) => tasks.fill(database, size), [`keys-${size}`, size] as const),
      times: new Array<number>()
    }))
  )
  for (let round = 0; round < 31; round++) {
    for (const { database, ids, times } of round % 2 === 0 ? stores : stores.toReversed()) {
      const id = ids[round] ?? ""
      times.push(await page.evaluate(([database, id]) => tasks.opening(database, id), [database, id] as const))
    }
  }
  const [small = 0, large = 0] = stores.map(({ times }) => median(times))
  const name = "opening, to the first DescribeKey"
  return [
    plain(`${name}, 10,000 keys`, large, "ms", atMost(50)),
    { name, value: large, unit: "ms", against: "100 keys", ratio: large / small, target: atMost(1.2) }
  ]
}

const files = async (browser: BrowserContext, page: Page): Promise<ReadonlyArray<Result>> => {
  const results: Array<Result> = []
  await page.evaluate((length) => tasks.makeFile("plain", length), 2 * gibibyte)
  for (const [task, from, to] of [["sealFile", "plain", "sealed"], ["openFile", "sealed", "opened"]] as const) {
    const name = task === "sealFile" ? "seal a file of 2 GiB" : "open a file of 2 GiB"
    const start = performance.now()
    const { extra, result } = await extraMemory(
      browser,
      () => page.evaluate(([task, from, to]) => tasks[task](from, to), [task, from, to] as const)
    )
    const seconds = (performance.now() - start) / 1000
    results.push(
      plain(name, 2048 / seconds, "MiB/s"),
      plain(`${name}, peak memory`, extra, "MiB", atMost(100)),
      plain(`${name}, longest task above 50 ms`, result, "ms", atMost(0))
    )
  }
  return results
}

const run = async (): Promise<ReadonlyArray<Result>> => {
  const script = await bundle(join(import.meta.dirname, "../support/browser/Page.ts"), "browser")
  const pages = await servePages(
    new Map([["/index.html", "<!doctype html><script type=\"module\" src=\"/page.js\"></script>"], [
      "/page.js",
      script
    ]])
  )
  const profile = mkdtempSync(join(tmpdir(), "keystead-bench-"))
  const browser = await launchIn(profile)
  try {
    const page = await browser.newPage()
    await page.goto(pages.origin)
    await page.evaluate(() => tasks.prepare("keys"))
    return [
      ...await calls(page),
      ...await opening(page),
      ...await sealing(page),
      ...await files(browser, page)
    ]
  } finally {
    await browser.close()
    await pages.close()
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

/** In a page of Chromium. */
export const suite: Suite = {
  title: "In a browser",
  about: [
    "`@keystead/runtime-browser` in a page of Chromium, started as the tests start it, with a profile on the disk: calls on "
    + "keys in IndexedDB one after another, each awaited, with the key's material cached.",
    "*Bare* is `crypto.subtle` over the same frames of 512 KiB, one after another, and nothing else: no message is put "
    + "together, and nothing goes through a stream. The 64 MiB go through web streams from memory to nowhere. The files are "
    + "in the origin private file system, and are read and written as streams; *peak memory* is that of the page's process "
    + "beyond what it had before, and a *task* is one of the page's main thread, as `PerformanceObserver` reports them: 0 "
    + "stands for none."
  ],
  run
}
