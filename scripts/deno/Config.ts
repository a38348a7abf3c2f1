/**
 * The `deno.json` of each package that Deno programs use, out of its `package.json` and its sources: Deno and JSR ask for
 * every module by name, and nobody keeps that list by hand.
 */
import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { root, sourcesIn, type Workspace, workspaces } from "../workspaces.ts"

const { workspace: members }: { readonly workspace: ReadonlyArray<string> } = JSON.parse(
  readFileSync(join(root, "deno.json"), "utf8")
)

/** The packages that Deno programs use, as the root's `deno.json` lists them. */
export const forDeno: ReadonlyArray<Workspace> = workspaces.filter(({ folder }) =>
  members.includes(`./packages/${folder}`)
)

/** Whether `package.json` lets others import the module of that name. */
const isExported = ({ manifest }: Workspace, name: string): boolean =>
  !Object.entries(manifest.exports).some(([subpath, target]) =>
    target === null && name.startsWith(subpath.slice(0, -1))
  )

const exportsOf = (workspace: Workspace) => {
  const folder = join(workspace.path, "src")
  return Object.fromEntries(
    sourcesIn(folder)
      .map((path): readonly [string, string] => [
        `./${relative(folder, path).slice(0, -".ts".length)}`,
        `./${relative(workspace.path, path)}`
      ])
      .filter(([name]) => isExported(workspace, name))
  )
}

/** What other packages than this repository's come from. */
const importsOf = ({ manifest: { dependencies = {} } }: Workspace) =>
  Object.fromEntries(
    Object.entries(dependencies)
      .filter(([name]) => !name.startsWith("@keystead/"))
      .map(([name, range]) => [name, `npm:${name}@${range}`])
  )

const configOf = (workspace: Workspace): string => {
  const { license, name, version } = workspace.manifest
  const publish = { include: ["LICENSE", "README.md", "deno.json", "src"] }
  const config = {
    name,
    version,
    license,
    imports: importsOf(workspace),
    exports: exportsOf(workspace),
    publish
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

/** The files that are not as they should be, by path, and what they should hold. */
export const stale = (): ReadonlyArray<readonly [path: string, text: string]> =>
  forDeno
    .map((workspace): readonly [string, string] => [join(workspace.path, "deno.json"), configOf(workspace)])
    .filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text)
