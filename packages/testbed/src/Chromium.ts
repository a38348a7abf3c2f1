/**
 * Chromium for tests, driven by playwright-core: `$CHROME_PATH`, else `chromium` on the path, else the binary that the npm
 * package `@sparticuz/chromium` carries (Linux on x64).
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright-core"
import { unpack } from "./Carried.ts"

interface Found {
  readonly executable: string
  /** What it runs with. */
  readonly env: NodeJS.ProcessEnv
}

const runs = async ({ env, executable }: Found): Promise<boolean> => {
  try {
    await promisify(execFile)(executable, ["--version"], { env })
    return true
  } catch {
    return false
  }
}

const onPath = (): string | undefined =>
  (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "chromium")).find((path) =>
    existsSync(path)
  )

const carried = async (): Promise<Found | undefined> => {
  const unpacked = await unpack()
  if (unpacked === undefined) return undefined
  return { executable: unpacked.executable, env: { ...process.env, LD_LIBRARY_PATH: unpacked.libraries } }
}

const find = async (): Promise<Found | undefined> => {
  const named = process.env["CHROME_PATH"] ?? ""
  const executable = named === "" ? onPath() : named
  const candidate = executable === undefined ? await carried() : { executable, env: process.env }
  return candidate !== undefined && await runs(candidate) ? candidate : undefined
}

let found: Promise<Found | undefined> | undefined

const chromiumHere = (): Promise<Found | undefined> => found ??= find()

/** Says how to get a Chromium. */
export const missing =
  "There is no Chromium that starts: set CHROME_PATH to one, or install Debian's package `chromium`."

/**
 * Whether tests in a browser can run. Where there is no browser it says in one line how to get one; in CI that is a
 * failure.
 */
export const haveChromium = async (): Promise<boolean> => {
  if (await chromiumHere() !== undefined) return true
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
  const here = await chromiumHere()
  if (here === undefined) throw new Error(missing)
  const { env, executable } = here
  return { executablePath: executable, env, headless: true, ...own, args: [...args, ...(own.args ?? [])] }
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
