/** `keystead serve` in a process of its own, out of the sources. */
import { bundle } from "@keystead/testbed/Bundle"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const ended = async (child: ChildProcess): Promise<void> => {
  const end = once(child, "close")
  child.kill("SIGTERM")
  await end
}

/** Serves a store in memory to pages of an origin, with an audit trail. */
export const serve = async (origin: string) => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-console-serve-"))
  const [main, credentials, audit] = ["keystead.mjs", "credentials.json", "audit.jsonl"].map((name) =>
    join(folder, name)
  )
  if (main === undefined || credentials === undefined || audit === undefined) throw new Error("unreachable")
  const entry = join(import.meta.dirname, "../../../cli/src/Main.ts")
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" }
  writeFileSync(main, await bundle(entry, "node", { banner }))
  const flags = ["--memory", "--port", "0", "--cors", origin, "--credentials", credentials, "--audit", audit]
  const child = spawn(process.execPath, [main, "serve", ...flags], { env: { HOME: folder, TMPDIR: folder } })
  const [line] = await once(child.stdout, "data")
  const accessKey: { readonly accessKeyId: string; readonly secretAccessKey: string } =
    JSON.parse(readFileSync(credentials, "utf8")).accessKeys[0]
  return {
    url: String(line).replace("listening on ", "").trim(),
    accessKey,
    trail: () => readFileSync(audit),
    close: async () => {
      await ended(child)
      rmSync(folder, { recursive: true, force: true })
    }
  }
}
