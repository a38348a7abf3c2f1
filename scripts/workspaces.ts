/** The packages of this repository, as their own `package.json` and `tsconfig.json` tell. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The repository's folder. */
export const root = join(import.meta.dirname, "..")

/** What the scripts read of a `package.json`. */
interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly private?: boolean
  readonly sideEffects: false | ReadonlyArray<string>
  readonly exports: { readonly [subpath: string]: unknown }
  readonly bin?: { readonly [name: string]: string }
  readonly dependencies?: { readonly [name: string]: string }
}

/** One folder of `packages/`. */
export interface Workspace {
  /** The folder's name, such as `storage-memory`. */
  readonly folder: string
  readonly path: string
  readonly manifest: Manifest
  /** The folders that the package's `tsconfig.json` refers to, such as `../core`; undefined without such a file. */
  readonly references: ReadonlyArray<string> | undefined
}

const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"))

const referencesOf = (tsconfig: { readonly references?: ReadonlyArray<{ readonly path: string }> }) =>
  (tsconfig.references ?? []).map((reference) => reference.path)

const read = (folder: string): Workspace => {
  const path = join(root, "packages", folder)
  const tsconfig = join(path, "tsconfig.json")
  return {
    folder,
    path,
    manifest: readJson(join(path, "package.json")),
    references: existsSync(tsconfig) ? referencesOf(readJson(tsconfig)) : undefined
  }
}

/** Every package, published or not, by folder name. */
export const workspaces: ReadonlyArray<Workspace> = readdirSync(join(root, "packages"))
  .filter((folder) => existsSync(join(root, "packages", folder, "package.json")))
  .toSorted()
  .map(read)

/** The packages that are published. */
export const published: ReadonlyArray<Workspace> = workspaces.filter(({ manifest }) => manifest.private !== true)

/** The TypeScript files below a folder, by path, but for declarations of others' modules; none if the folder does not exist. */
export const sourcesIn = (folder: string): ReadonlyArray<string> =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /(?<!\.d)\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
    : []
