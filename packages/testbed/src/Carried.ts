/**
 * The Chromium that the npm package `@sparticuz/chromium` carries, with the few libraries that a bare system lacks. It is
 * for Linux on x64, with glibc 2.34 or newer.
 */
import { execFile } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"

/** Where it is, unpacked. */
export interface Carried {
  readonly executable: string
  /** Where its libraries are: for `LD_LIBRARY_PATH`. */
  readonly libraries: string
}

/** Unpacks it, unless that was done already. */
export const unpack = async (): Promise<Carried | undefined> => {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined
  const folder = join(cache, `chromium-${version()}`)
  if (!existsSync(folder)) await unpackInto(folder)
  return { executable: join(folder, "chromium"), libraries: join(folder, "al2023", "lib") }
}

/** Beside what npm installed: nobody else writes there, and it goes with the rest. */
const cache = join(import.meta.dirname, "../../../node_modules/.cache/keystead")

const version = (): string => {
  const manifest = readFileSync(new URL("../package.json", import.meta.resolve("@sparticuz/chromium")), "utf8")
  return /"version": *"([^"]+)"/.exec(manifest)?.[1] ?? "unknown"
}

/** Several processes may do it at once, and any may be killed: the folder comes into being complete. */
const unpackInto = async (folder: string): Promise<void> => {
  mkdirSync(cache, { recursive: true })
  const own = mkdtempSync(`${folder}-`)
  try {
    // The package unpacks into the temporary folder what is missing there; its libraries only where it takes the host for AWS Lambda.
    const script = "(await import('@sparticuz/chromium')).default.executablePath()"
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", `await ${script}`], {
      cwd: import.meta.dirname,
      env: { ...process.env, TMPDIR: own, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" }
    })
    if (!existsSync(folder)) renameSync(own, folder)
  } catch (cause) {
    // Another was first: then the folder is not empty, and cannot be replaced.
    if (!existsSync(folder)) throw cause
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
}
