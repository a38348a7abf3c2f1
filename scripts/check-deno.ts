/**
 * `npm run check:deno`: what Deno itself says of the packages that Deno programs use. They type-check with its TypeScript; JSR
 * would take them; and the example runs from a clean copy of the sources, to which Deno fetches nothing but `effect` and
 * `@noble/*` from npm.
 *
 * Types are slow, in JSR's sense: those of operations and records are inferred from their schemas, which are written once.
 * Writing each again beside its schema (346 places, most of them the core's) is what the schemas are there to spare us.
 */
import { spawnSync } from "node:child_process"
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { forDeno } from "./deno/Config.ts"
import { root } from "./workspaces.ts"

const deno = join(root, "node_modules", ".bin", "deno")
const example = "examples/deno-script"

const run = (cwd: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}): void => {
  console.log(`deno ${args.join(" ")}`)
  const { status, stderr, stdout } = spawnSync(deno, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", ...env }
  })
  if (status === 0) return
  console.error(`${stdout}\n${stderr}`)
  process.exitCode = 1
}

const folders = forDeno.flatMap(({ folder }) => ["src", "test/deno"].map((part) => `packages/${folder}/${part}`))
const checked = [...folders.filter((path) => existsSync(join(root, path))), example]
run(root, ["check", "--node-modules-dir=manual", ...checked])
run(root, ["publish", "--dry-run", "--allow-dirty", "--allow-slow-types", "--node-modules-dir=manual"])

const home = mkdtempSync(join(tmpdir(), "keystead-clean-"))
try {
  const clean = join(home, "clone")
  mkdirSync(clean)
  for (const name of ["deno.json", "package.json"]) copyFileSync(join(root, name), join(clean, name))
  cpSync(join(root, example), join(clean, example), { recursive: true })
  for (const { folder } of forDeno) {
    for (const part of ["deno.json", "package.json", "src"]) {
      cpSync(join(root, "packages", folder, part), join(clean, "packages", folder, part), { recursive: true })
    }
  }
  const place = join(clean, example)
  writeFileSync(join(place, "letter"), "attack at dawn")
  const script = ["run", "--no-prompt", "--allow-read=.", "--allow-write=.", "seal.ts"]
  const env = { DENO_DIR: join(home, "cache") }
  run(place, [...script, "seal", "letter", "letter.sealed"], env)
  run(place, [...script, "open", "letter.sealed", "letter.again"], env)
  if (readFileSync(join(place, "letter.again"), "utf8") !== "attack at dawn") throw new Error("The letter is another")
} finally {
  rmSync(home, { recursive: true })
}
