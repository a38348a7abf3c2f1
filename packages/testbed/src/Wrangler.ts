/**
 * A Worker as wrangler would upload it, which uploads nothing: `wrangler deploy --dry-run`. It resolves `@keystead/…` as a
 * user's project does, to what was built.
 */
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)

const program = join(dirname(fileURLToPath(import.meta.resolve("wrangler/package.json"))), "bin", "wrangler.js")

/** Nothing of this machine's wrangler is used, nothing is left in it, and nobody is told. */
const environment = (home: string) => ({
  PATH: process.env["PATH"],
  HOME: home,
  XDG_CONFIG_HOME: home,
  CI: "true",
  NO_COLOR: "1",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_LOG_PATH: home
})

/** The script that the project in the folder, with its `wrangler.jsonc`, is deployed as. Rejects with what wrangler says. */
export const bundleWithWrangler = async (folder: string): Promise<string> => {
  const home = mkdtempSync(join(tmpdir(), "keystead-wrangler-"))
  try {
    const out = join(home, "out")
    const args = [program, "deploy", "--dry-run", "--outdir", out, "--config", join(folder, "wrangler.jsonc")]
    await run(process.execPath, args, { cwd: folder, env: environment(home) })
    return readFileSync(join(out, "index.js"), "utf8")
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
