/** How much memory a page's process takes (Linux). */
import { readFileSync, writeFileSync } from "node:fs"
import type { BrowserContext } from "playwright-core"

const renderers = async (browser: BrowserContext): Promise<ReadonlyArray<number>> => {
  const session = await browser.browser()?.newBrowserCDPSession()
  const { processInfo = [] } = await session?.send("SystemInfo.getProcessInfo") ?? {}
  await session?.detach()
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id)
}

/** A line of /proc/PID/status, in MiB. */
const mebibytes = (pid: number, line: "VmHWM" | "VmRSS"): number => {
  const found = new RegExp(`${line}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"))
  return Number(found?.[1]) / 1024
}

/** Does the work, and tells how many MiB the process of its page needed at most for it, beyond what it had before. */
export const extraMemory = async <A>(
  browser: BrowserContext,
  work: () => Promise<A>
): Promise<{ readonly result: A; readonly extra: number }> => {
  const before = new Map<number, number>()
  for (const pid of await renderers(browser)) {
    // Forgets the highest mark so far.
    writeFileSync(`/proc/${pid}/clear_refs`, "5")
    before.set(pid, mebibytes(pid, "VmRSS"))
  }
  const result = await work()
  // Of several processes it is the one that grew most: the others did nothing.
  return { result, extra: Math.max(...[...before].map(([pid, had]) => mebibytes(pid, "VmHWM") - had)) }
}
