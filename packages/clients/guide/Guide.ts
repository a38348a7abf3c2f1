/** Runs what docs/guides/aws-emulator.md tells people to run, in a folder that has what npm would have put there. */
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { run } from "../support/Child.ts"
import { folder as cache, type Python } from "../support/Python.ts"
import { snippetsOf } from "./Snippets.ts"

const root = join(import.meta.dirname, "../../..")
const page = join(root, "docs/guides/aws-emulator.md")
const jestVersion = "30.5.2"

/** One command of the page, and why it failed, if it did. */
export interface Ran {
  readonly command: string
  readonly problem: string | undefined
}

/** Jest has three hundred packages: too many for a development dependency that one snippet needs. */
const jest = async (): Promise<string> => {
  const folder = join(cache(), `jest-${jestVersion}`)
  const command = join(folder, "node_modules/.bin/jest")
  if (existsSync(command)) return command
  mkdirSync(folder, { recursive: true })
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", folder]
  const { code, stderr } = await run("npm", ["install", ...options, `jest@${jestVersion}`])
  if (code !== 0) throw new Error(`npm could not install Jest:\n${stderr}`)
  return command
}

const freePort = async (): Promise<string> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? String(address.port) : ""
}

const environment = ({ command, env, packages }: Python) => ({
  ...env,
  PATH: [join(packages, "bin"), ...command.includes("/") ? [dirname(command)] : [], process.env["PATH"]].join(
    delimiter
  ),
  HOME: process.env["HOME"],
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_PAGER: ""
})

/** Writes the page's files, and runs its commands in their order. */
export const guide = async (python: Python): Promise<ReadonlyArray<Ran>> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-guide-"))
  const { commands, files } = snippetsOf(readFileSync(page, "utf8"))
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
    writeFileSync(join(folder, "package.json"), `{ "private": true }`)
    for (const { name, text } of files) writeFileSync(join(folder, name), text)
    const ran: Array<Ran> = []
    for (const { needs, text } of commands) {
      const changed = text
        .replaceAll("8080", await freePort())
        .replaceAll("npx jest", needs === "jest" ? await jest() : "npx jest")
        .replaceAll(/^python /gm, `${python.command} `)
      const { code, stderr, stdout } = await run("timeout", [
        "--kill-after=5",
        "120",
        "bash",
        "-euc",
        `cd ${folder}\n${changed}`
      ], environment(python))
      ran.push({ command: text.trim(), problem: code === 0 ? undefined : `${stdout}\n${stderr}` })
    }
    return ran
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
