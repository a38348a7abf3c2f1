/** Starts each runtime, from Node, with the program in it. */
import type { RuntimeName } from "@keystead/conformance/behaviour/Capabilities"
import { bundle, type Target } from "@keystead/testbed/Bundle"
import { haveChromium, launch } from "@keystead/testbed/Chromium"
import { servePages } from "@keystead/testbed/Pages"
import { Miniflare } from "miniflare"
import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import type { Request } from "./Program.ts"

/** A runtime in which the program runs. */
export interface Running {
  readonly ask: (request: Request) => Promise<string>
  readonly close: () => Promise<void>
}

/** A runtime that the tests know. */
export interface Runtime {
  readonly name: RuntimeName
  /** Its layers of primitives: the core's own, and the host's. */
  readonly layers: readonly ["noble", string]
  /** Whether it is there on this machine. */
  readonly present: () => Promise<boolean>
  readonly start: () => Promise<Running>
}

const programOf = (name: string, target: Target) => bundle(join(import.meta.dirname, `${name}Program.ts`), target)

const run = promisify(execFile)
const present = () => Promise.resolve(true)

/** A process for each request, which may use the folder that it is told. */
const process_ =
  (program: string, target: Target, command: string, args: (folder: string) => ReadonlyArray<string>) =>
  async (): Promise<Running> => {
    const folder = await mkdtemp(join(tmpdir(), "keystead-conformance-"))
    const file = join(folder, "program.mjs")
    await writeFile(file, await programOf(program, target))
    return {
      ask: async (request) => {
        const { stdout } = await run(command, [...args(folder), file, JSON.stringify(request), folder], {
          maxBuffer: 2 ** 26
        })
        return stdout
      },
      close: () => rm(folder, { recursive: true, force: true })
    }
  }

const workerd = async (): Promise<Running> => {
  const worker = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: await programOf("Worker", "workerd") }],
    compatibilityDate: "2026-07-01",
    durableObjects: { KEYSTEAD: { className: "KeysteadObject", useSQLite: true } },
    bindings: { KEYSTEAD_ROOT_KEY: Buffer.alloc(32, 7).toString("base64") }
  })
  return {
    ask: async (request) => {
      const reply = await worker.dispatchFetch("http://localhost/", { method: "POST", body: JSON.stringify(request) })
      return await reply.text()
    },
    close: () => worker.dispose()
  }
}

const chromium = async (): Promise<Running> => {
  const files = [["/index.html", `<!doctype html><script type="module" src="/program.js"></script>`]] as const
  const pages = await servePages(new Map([...files, ["/program.js", await programOf("Page", "browser")]]))
  const browser = await launch()
  const page = await browser.newPage()
  await page.goto(pages.origin)
  await page.waitForFunction("'answer' in globalThis")
  return {
    ask: async (request) => String(await page.evaluate(`answer(${JSON.stringify(JSON.stringify(request))})`)),
    close: async () => {
      await browser.close()
      await pages.close()
    }
  }
}

const bin = (name: string) => join(import.meta.dirname, "../../../../node_modules/.bin", name)

/** All that Keystead needs in Deno. */
const permitted = (folder: string) => ["run", "--no-prompt", `--allow-read=${folder}`, `--allow-write=${folder}`]

/** Every runtime. */
export const runtimes: ReadonlyArray<Runtime> = [
  { name: "Node", layers: ["noble", "node"], present, start: process_("Node", "node", process.execPath, () => []) },
  { name: "Deno", layers: ["noble", "deno"], present, start: process_("Deno", "deno", bin("deno"), permitted) },
  { name: "Bun", layers: ["noble", "node"], present, start: process_("Node", "node", bin("bun"), () => []) },
  { name: "workerd", layers: ["noble", "webcrypto"], present, start: workerd },
  { name: "Chromium", layers: ["noble", "webcrypto"], present: haveChromium, start: chromium }
]
