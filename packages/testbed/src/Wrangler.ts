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

/** Runs wrangler on the project in the folder, with a folder that is there meanwhile. Rejects with what wrangler says. */
const withWrangler = async <A>(
  folder: string,
  use: (wrangler: (...args: ReadonlyArray<string>) => Promise<unknown>, home: string) => Promise<A>
): Promise<A> => {
  const home = mkdtempSync(join(tmpdir(), "keystead-wrangler-"))
  const wrangler = (...args: ReadonlyArray<string>) =>
    run(process.execPath, [program, ...args, "--config", join(folder, "wrangler.jsonc")], {
      cwd: folder,
      env: environment(home)
    })
  try {
    return await use(wrangler, home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** The script that the project in the folder, with its `wrangler.jsonc`, is deployed as. */
export const bundleWithWrangler = (folder: string): Promise<string> =>
  withWrangler(folder, async (wrangler, home) => {
    await wrangler("deploy", "--dry-run", "--outdir", join(home, "out"))
    return readFileSync(join(home, "out", "index.js"), "utf8")
  })

/** A CPU profile as V8 gives it, the part that is looked at. */
interface Profile {
  readonly nodes: ReadonlyArray<{ readonly id: number; readonly callFrame: { readonly functionName: string } }>
  readonly samples: ReadonlyArray<number>
  /** Microseconds from each sample's predecessor to it. */
  readonly timeDeltas: ReadonlyArray<number>
}

function parseProfile(text: string): Profile
function parseProfile(text: string): unknown {
  const profile: unknown = JSON.parse(text)
  return profile
}

/** Milliseconds of a profile in which anything was done. */
const activeIn = ({ nodes, samples, timeDeltas }: Profile): number => {
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id))
  return samples.reduce((sum, sample, i) => idle.has(sample) ? sum : sum + (timeDeltas[i] ?? 0), 0) / 1000
}

/** Milliseconds in which the project's script starts, each time in a workerd of its own: `wrangler check startup`. */
export const startups = (folder: string, times: number): Promise<ReadonlyArray<number>> =>
  withWrangler(folder, async (wrangler, home) => {
    const [script, profile] = [join(home, "worker.bundle"), join(home, "startup.cpuprofile")]
    await wrangler("deploy", "--dry-run", "--outfile", script)
    const active: Array<number> = []
    for (let i = 0; i < times; i++) {
      await wrangler("check", "startup", "--worker", script, "--outfile", profile)
      active.push(activeIn(parseProfile(readFileSync(profile, "utf8"))))
    }
    return active
  })
