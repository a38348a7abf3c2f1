/** Deno, from npm: runs programs and tests on this repository's sources, with the packages of `npm ci` and nothing downloaded. */
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const root = join(import.meta.dirname, "..", "..", "..")

/** Deno itself, not the script that npm may put before it: who kills it kills Deno. */
export const denoPath = join(dirname(fileURLToPath(import.meta.resolve("deno/package.json"))), "deno")

/** What a run of Deno ended with. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where it runs, by default in the repository's folder, and what its environment has beside what is there. */
export interface Around {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** Runs Deno. */
export const runDeno = (args: ReadonlyArray<string>, { cwd = root, env = {} }: Around = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(denoPath, args, {
      cwd,
      env: { ...process.env, NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    const [stdout, stderr]: [Array<Buffer>, Array<Buffer>] = [[], []]
    child.stdout.on("data", (data: Buffer) => stdout.push(data))
    child.stderr.on("data", (data: Buffer) => stderr.push(data))
    child.on("error", reject)
    child.on(
      "close",
      (code) => resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    )
  })

/** How to take the packages that `npm ci` installed. */
export const fromNpmCi = "--node-modules-dir=manual"

/** One test that ran in Deno; without a failure it passed. */
export interface DenoTest {
  readonly name: string
  readonly failure?: string
}

const entities: Readonly<Record<string, string>> = { amp: "&", apos: "'", gt: ">", lt: "<", quot: "\"" }
const unescaped = (text: string): string =>
  text.replaceAll(
    /&(?:#(\d+)|(\w+));/g,
    (whole, code: string | undefined, name: string | undefined) =>
      code === undefined ? entities[name ?? ""] ?? whole : String.fromCodePoint(Number(code))
  )

const testsIn = (junit: string): ReadonlyArray<DenoTest> =>
  [...junit.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, name = "", body = ""]) => {
      const [, failure] = /<(?:failure|error|skipped)[^>]*?>?([\s\S]*)/.exec(body) ?? []
      return failure === undefined ? { name: unescaped(name) } : { name: unescaped(name), failure: unescaped(failure) }
    }
  )

/**
 * Runs the tests of a folder with `deno test`, type-checked, with leave to read and write one new folder, whose path is their
 * only argument, and with those permissions that are named. Fails if none ran, or Deno failed without a test that did.
 */
export const denoTests = async (
  folder: string,
  permissions: ReadonlyArray<string> = []
): Promise<ReadonlyArray<DenoTest>> => {
  const home = mkdtempSync(join(tmpdir(), "keystead-deno-"))
  const own = join(home, "tests")
  const report = join(home, "junit.xml")
  mkdirSync(own)
  try {
    const leave = [`--allow-read=${own}`, `--allow-write=${own}`, ...permissions]
    const options = ["--no-prompt", fromNpmCi, "--unstable-kv", `--junit-path=${report}`, ...leave]
    const { code, stderr, stdout } = await runDeno(["test", ...options, folder, "--", own])
    const tests = code === null || !stdout.includes("running") ? [] : testsIn(readFileSync(report, "utf8"))
    if (tests.length === 0 || (code !== 0 && tests.every(({ failure }) => failure === undefined))) {
      throw new Error(`deno test ended with ${code}:\n${stdout}\n${stderr}`)
    }
    return tests
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
