/**
 * `npm run check:packages`: what a person who installs the packages gets. Packs each published package, lints the
 * tarballs (publint, are the types wrong), installs them into an empty project, imports every subpath there, and checks
 * the types of a program that imports them all. Needs a build first, and the registry for the packages' dependencies.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { published, root, sourcesIn, type Workspace } from "./workspaces.ts"

const temporary = mkdtempSync(join(tmpdir(), "keystead-packages-"))
const consumer = join(temporary, "consumer")

const run = (command: string, args: ReadonlyArray<string>, cwd: string): string => {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    // The error carries what was said on stderr; tools say much on stdout.
    console.error((error as { readonly stdout: string }).stdout)
    throw error
  }
}
const tool = (name: string, args: ReadonlyArray<string>, cwd: string): string =>
  run(join(root, "node_modules/.bin", name), args, cwd)

/**
 * Whether the `exports` let a subpath out. `./*` matches `./crypto/Noble`: Node's subpath patterns, of which the longest
 * counts, and null closes.
 */
const isOpen = ({ manifest }: Workspace, subpath: string): boolean => {
  const matches = ([pattern]: readonly [string, unknown]) => {
    const [head = "", tail = ""] = pattern.split("*")
    return pattern === subpath || (pattern.includes("*") && subpath.startsWith(head) && subpath.endsWith(tail))
  }
  const found = Object.entries(manifest.exports).filter(matches)
  const [longest] = found.toSorted(([left], [right]) => right.length - left.length)
  return longest !== undefined && longest[1] !== null
}

/** Every subpath that the package's sources could have, and whether its `exports` let it out. */
const subpathsOf = (workspace: Workspace): ReadonlyArray<{ readonly subpath: string; readonly open: boolean }> =>
  sourcesIn(join(workspace.path, "src")).map((path) => {
    const subpath = `./${relative(join(workspace.path, "src"), path).replace(/\.ts$/, "")}`
    return { subpath, open: isOpen(workspace, subpath) }
  })

/** Subpaths that act when they are imported, as `sideEffects` tells: the command's start. They are run instead. */
const acts = ({ manifest }: Workspace, subpath: string): boolean =>
  manifest.sideEffects !== false && manifest.sideEffects.includes(subpath.replace("./", "./dist/").concat(".js"))

const pack = (workspace: Workspace): string => {
  const [packed]: ReadonlyArray<
    { readonly filename: string; readonly files: ReadonlyArray<{ readonly path: string }> }
  > = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", temporary], workspace.path))
  if (packed === undefined) throw new Error(`npm packed nothing for ${workspace.manifest.name}`)
  const names = packed.files.map(({ path }) => path)
  for (const needed of ["LICENSE", "README.md", "package.json"]) {
    if (!names.includes(needed)) throw new Error(`${workspace.manifest.name} is packed without ${needed}`)
  }
  const tarball = join(temporary, packed.filename)
  tool("publint", ["run", "--strict", tarball], workspace.path)
  const entrypoints = subpathsOf(workspace).filter(({ open }) => open).map(({ subpath }) => subpath)
  tool("attw", [tarball, "--profile", "esm-only", "--no-definitely-typed", "--entrypoints", ...entrypoints], root)
  console.log(`${workspace.manifest.name}: ${names.length} files packed, ${entrypoints.length} subpaths linted`)
  return tarball
}

const install = (tarballs: ReadonlyArray<string>): void => {
  mkdirSync(consumer)
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  const manifest = {
    name: "consumer",
    private: true,
    type: "module",
    dependencies: Object.fromEntries(
      published.map(({ manifest: { name } }, index) => [name, `file:${tarballs[index]}`])
    ),
    devDependencies: { "@types/node": devDependencies["@types/node"] }
  }
  writeFileSync(join(consumer, "package.json"), JSON.stringify(manifest))
  run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], consumer)
}

const importAll = (specifiers: ReadonlyArray<string>, hidden: ReadonlyArray<string>): void => {
  const program = `
    import { registerHooks } from "node:module"
    // Only workerd has it. What the packages take of it, as far as importing them needs.
    const workers = "data:text/javascript,export class DurableObject {} export const waitUntil = () => {}"
    registerHooks({
      resolve: (specifier, context, next) =>
        specifier === "cloudflare:workers" ? { url: workers, shortCircuit: true } : next(specifier, context)
    })
    for (const specifier of ${JSON.stringify(specifiers)}) await import(specifier)
    for (const specifier of ${JSON.stringify(hidden)}) {
      const code = await import(specifier).then(() => "imported", (error) => error.code)
      if (code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw new Error(specifier + " should stay inside: " + code)
    }
  `
  writeFileSync(join(consumer, "imports.js"), program)
  run(process.execPath, ["imports.js"], consumer)
}

/** Checks the types of a program that imports all of these, on a host that has these, and says this itself. */
const checkTypes = (
  specifiers: ReadonlyArray<string>,
  lib: ReadonlyArray<string>,
  types: ReadonlyArray<string>,
  own = ""
): void => {
  const lines = specifiers.map((specifier, index) => `export * as m${index} from ${JSON.stringify(specifier)}`)
  writeFileSync(join(consumer, "types.ts"), [...lines, own].join("\n"))
  const compilerOptions = {
    target: "ES2023",
    lib,
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types
  }
  writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["types.ts"] }))
  tool("tsc", ["-p", consumer], consumer)
}

/** What runs in Workers alone, whose types no other host has. */
const inWorkers = "@keystead/runtime-cloudflare/"

try {
  install(published.map(pack))
  const all = published.flatMap((workspace) =>
    subpathsOf(workspace).filter(({ subpath }) => !acts(workspace, subpath)).map(({ open, subpath }) => ({
      specifier: workspace.manifest.name + subpath.slice(1),
      open
    }))
  )
  const specifiers = all.filter(({ open }) => open).map(({ specifier }) => specifier)
  const hidden = all.filter(({ open }) => !open).map(({ specifier }) => specifier)
  importAll(specifiers, hidden)
  const isForWorkers = (specifier: string): boolean => specifier.startsWith(inWorkers)
  checkTypes(
    specifiers.filter((specifier) => !isForWorkers(specifier)),
    ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable", "ESNext.Disposable"],
    ["node"]
  )
  checkTypes(
    specifiers.filter(isForWorkers),
    ["ES2023", "ESNext.Disposable"],
    ["@cloudflare/workers-types"],
    // Effect's own types name the browser's.
    "declare global { interface Storage {} }"
  )
  for (const name of published.flatMap(({ manifest }) => Object.keys(manifest.bin ?? {}))) {
    console.log(`${name} --version: ${run(join(consumer, "node_modules/.bin", name), ["--version"], consumer).trim()}`)
  }
  console.log(`installed: ${specifiers.length} subpaths imported and type-checked, ${hidden.length} kept inside`)
} finally {
  rmSync(temporary, { recursive: true })
}
