/**
 * The programs from PyPI, in a folder that npm and git leave alone: `node_modules/.cache/keystead-clients`, or the one
 * that KEYSTEAD_CLIENTS_DIR names. They are installed once for each list of requirements.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "./Child.ts"

const requirements = join(import.meta.dirname, "../python/requirements.txt")
const cache = join(import.meta.dirname, "../../../node_modules/.cache/keystead-clients")

/** A Python that has what `requirements.txt` names. */
export interface Python {
  readonly command: string
  /** Arguments that run the `aws` command, after `command`. */
  readonly aws: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  /** Where the packages were installed; their commands are in its `bin`. */
  readonly packages: string
}

/** What is installed for the tests is here. */
export const folder = (): string => process.env["KEYSTEAD_CLIENTS_DIR"] ?? cache

const must = async (command: string, args: ReadonlyArray<string>): Promise<boolean> => {
  const { code } = await run(command, args).catch(() => ({ code: 1 }))
  return code === 0
}

/** A virtual environment where Python can make one; else a folder that Python is told to look into. */
const install = async (folder: string): Promise<Python> => {
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
  const venv = join(folder, "venv")
  const inVenv: Python = { command: join(venv, "bin/python"), aws: [join(venv, "bin/aws")], env: {}, packages: venv }
  const packages = join(folder, "packages")
  const inFolder: Python = { command: "python3", aws: ["-m", "awscli"], env: { PYTHONPATH: packages }, packages }
  const done = join(folder, "installed")
  if (existsSync(done)) return existsSync(inVenv.command) ? inVenv : inFolder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  console.log(`Installing ${requirements} into ${folder}`)
  const made = await must("python3", ["-m", "venv", venv])
  if (!made) rmSync(venv, { recursive: true, force: true })
  const python = made ? inVenv : inFolder
  const { code, stderr } = await run(python.command, made ? pip : [...pip, "--target", packages])
  if (code !== 0) throw new Error(`pip could not install what the tests need:\n${stderr}`)
  writeFileSync(done, "")
  return python
}

/** Installs what is not there yet. */
export const python = (): Promise<Python> => {
  const list = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12)
  return install(join(folder(), list))
}
