/**
 * Chromium for tests, driven by playwright-core: `$CHROME_PATH`, else `chromium` on the path, else the binary that the npm
 * package `@sparticuz/chromium` carries (Linux on x64).
 */
import carried from "@sparticuz/chromium"
import { accessSync, constants } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright-core"

const runs = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onPath = (): string | undefined =>
  (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "chromium")).find(runs)

const find = async (): Promise<string | undefined> => {
  const named = process.env["CHROME_PATH"]
  if (named !== undefined && named !== "") return named
  const found = onPath()
  if (found !== undefined) return found
  return process.platform === "linux" && process.arch === "x64" ? await carried.executablePath() : undefined
}

let found: Promise<string | undefined> | undefined

/** Where Chromium is, or undefined if there is none. */
export const executable = (): Promise<string | undefined> => found ??= find()

/** Says how to get a Chromium. */
export const missing = "There is no Chromium: set CHROME_PATH to one, or install Debian's package `chromium`."

/**
 * Whether tests in a browser can run. Where there is no browser it says in one line how to get one; in CI that is a
 * failure.
 */
export const haveChromium = async (): Promise<boolean> => {
  if (await executable() !== undefined) return true
  if (process.env["CI"] === "true") throw new Error(missing)
  process.stderr.write(`${missing}\n`)
  return false
}

/** Without a sandbox, for it may be root who runs the tests, and without what looks for hosts on the network. */
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync"
]

const options = async (own: LaunchOptions): Promise<LaunchOptions> => {
  const executablePath = await executable()
  if (executablePath === undefined) throw new Error(missing)
  return { executablePath, headless: true, ...own, args: [...args, ...(own.args ?? [])] }
}

/** Starts a browser, whose contexts are like private windows: gone when they close. Whoever starts it closes it. */
export const launch = async (own: LaunchOptions = {}): Promise<Browser> => await chromium.launch(await options(own))

/** Starts a browser whose profile is the folder: what its pages stored is there when it is started there again. */
export const launchIn = async (folder: string, own: LaunchOptions = {}): Promise<BrowserContext> =>
  await chromium.launchPersistentContext(folder, await options(own))

/** Kills the browser with all its processes at once, as a crash or a loss of power would. */
export const kill = async (context: BrowserContext): Promise<void> => {
  const browser = context.browser()
  if (browser === null) throw new Error("A browser that is killed must be one that was started here")
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send("SystemInfo.getProcessInfo")
  const main = processInfo.find(({ type }) => type === "browser")
  if (main === undefined) throw new Error("Chromium does not tell its process")
  const gone = new Promise((resolve) => browser.once("disconnected", resolve))
  process.kill(main.id, "SIGKILL")
  await gone
}
