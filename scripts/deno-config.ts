/**
 * `npm run deno:config`: writes the `deno.json` of each package that Deno programs use, out of its `package.json` and its
 * sources. Deno, and JSR, ask for every module by name; nobody keeps that list by hand. With `--check` it writes nothing,
 * and fails if one is not up to date.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { root, sourcesIn, type Workspace, workspaces } from "./workspaces.ts"

const { workspace: members }: { readonly workspace: ReadonlyArray<string> } = JSON.parse(
  readFileSync(join(root, "deno.json"), "utf8")
)

/** Whether `package.json` lets others import the module of that name. */
const isExported = ({ manifest }: Workspace, name: string): boolean =>
  !Object.entries(manifest.exports).some(([subpath, target]) =>
    target === null && name.startsWith(subpath.slice(0, -1))
  )

const moduleOf = (workspace: Workspace, path: string): string =>
  `./${relative(join(workspace.path, "src"), path).slice(0, -".ts".length)}`

const configOf = (workspace: Workspace): string => {
  const { dependencies = {}, license, name, version } = workspace.manifest
  const exported = sourcesIn(join(workspace.path, "src"))
    .map((path): readonly [string, string] => [moduleOf(workspace, path), `./${relative(workspace.path, path)}`])
    .filter(([module]) => isExported(workspace, module))
  const exports = Object.fromEntries(exported)
  const imports = Object.fromEntries(
    Object.entries(dependencies)
      .filter(([dependency]) => !dependency.startsWith("@keystead/"))
      .map(([dependency, range]) => [dependency, `npm:${dependency}@${range}`])
  )
  const publish = { include: ["LICENSE", "README.md", "deno.json", "src"] }
  return `${JSON.stringify({ name, version, license, imports, exports, publish }, null, 2)}\n`
}

const isCheck = process.argv.includes("--check")
for (const workspace of workspaces.filter(({ folder }) => members.includes(`./packages/${folder}`))) {
  const path = join(workspace.path, "deno.json")
  const text = configOf(workspace)
  if (existsSync(path) && readFileSync(path, "utf8") === text) continue
  if (!isCheck) {
    writeFileSync(path, text)
    continue
  }
  console.error(`${relative(root, path)} is not up to date. Run: npm run deno:config`)
  process.exitCode = 1
}
