/**
 * `npm run check:sources`: the arrows between packages point one way, the core knows no host, and every export is
 * explained (docs/decisions/0001-tooling.md).
 *
 * Checks what no linter rule here can: that packages depend only on rooms below their own, that a source imports only
 * what its package declares, that `tsconfig.json` refers to what `package.json` depends on, that `deno.json` names the
 * modules that are there, that the core makes no clock reading by `new Date()`, that each export has a doc comment, and that no comment switches a check off.
 */
import { readFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { basename, relative } from "node:path"
import { type Comment, parseSync, type Program, Visitor } from "oxc-parser"
import { stale } from "./deno/Config.ts"
import { root, sourcesIn, type Workspace, workspaces } from "./workspaces.ts"

/** The rooms of docs/design: a package may depend on rooms listed after its own, never on its own or an earlier one. */
const rooms: ReadonlyArray<{ readonly name: string; readonly holds: RegExp }> = [
  { name: "measures and trials", holds: /^(bench|clients|testbed)$/ },
  { name: "programs", holds: /^(cli|console|wasm)$/ },
  { name: "conformance", holds: /^conformance$/ },
  { name: "runtimes", holds: /^runtime-/ },
  { name: "adapters", holds: /^(storage-.+|http|webcrypto|nitro|xks)$/ },
  { name: "core", holds: /^core$/ }
]
const roomOf = (folder: string): number => rooms.findIndex((room) => room.holds.test(folder))

const problems: Array<string> = []
const report = (path: string, problem: string): void => void problems.push(`${relative(root, path)}: ${problem}`)

const dependenciesOf = ({ manifest }: Workspace): ReadonlyArray<string> => Object.keys(manifest.dependencies ?? {})
const workspaceNamed = (name: string): Workspace | undefined =>
  workspaces.find(({ manifest }) => manifest.name === name)

const checkManifest = (workspace: Workspace): void => {
  const room = roomOf(workspace.folder)
  if (room < 0) return report(workspace.path, "belongs to no room: add it to scripts/check-sources.ts")
  const below = dependenciesOf(workspace).map(workspaceNamed).filter((found) => found !== undefined)
  for (const { folder } of below) {
    if (roomOf(folder) <= room) {
      report(workspace.path, `may not depend on ${folder}: ${rooms[room]?.name} depend only on the rooms below theirs`)
    }
  }
  const expected = below.map(({ folder }) => `../${folder}`).toSorted()
  if (workspace.references !== undefined && expected.join() !== workspace.references.toSorted().join()) {
    report(workspace.path, `tsconfig.json must refer to exactly [${expected.join(", ")}], as package.json depends`)
  }
  if (workspace.folder === "core") {
    for (const name of dependenciesOf(workspace)) {
      if (name !== "effect" && !name.startsWith("@noble/")) report(workspace.path, `the core may not depend on ${name}`)
    }
  }
}

const packageOf = (specifier: string): string =>
  specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/")

const checkImport = (workspace: Workspace, path: string, specifier: string): void => {
  if (specifier.startsWith(".")) {
    const target = relative(`${workspace.path}/src`, new URL(specifier, `file://${path}`).pathname)
    const leaves = target.startsWith("..") && target !== "../package.json"
    return leaves ? report(path, `${specifier} leaves the package's sources`) : undefined
  }
  if (specifier.startsWith("node:")) {
    return workspace.references?.length === 0 ? report(path, `${specifier}: the core knows no host`) : undefined
  }
  if (specifier.startsWith("cloudflare:") && workspace.folder === "runtime-cloudflare") return undefined
  if (builtinModules.includes(specifier)) return report(path, `import node:${specifier}`)
  const name = packageOf(specifier)
  if (!dependenciesOf(workspace).includes(name)) report(path, `imports ${name}, which package.json does not declare`)
}

/** The names that a statement exports by declaring them. */
const declaredBy = (statement: Program["body"][number]): ReadonlyArray<string> => {
  if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return []
  const { declaration } = statement
  if (declaration.type === "VariableDeclaration") {
    return declaration.declarations.map(({ id }) => id.type === "Identifier" ? id.name : "a pattern")
  }
  return "id" in declaration && declaration.id?.type === "Identifier" ? [declaration.id.name] : []
}

/**
 * A doc comment stands right before what it explains. A type with the name of an explained value needs none, nor what
 * the comment at the file's head explains: what has the file's own name, or is all that the file exports.
 */
const checkDocumented = (path: string, text: string, body: Program["body"], comments: ReadonlyArray<Comment>): void => {
  const headed = comments.some(({ start, value }) => start === 0 && value.startsWith("*"))
  const all = new Set(body.flatMap(declaredBy))
  const explained = new Set<string>()
  for (const statement of body) {
    const names = declaredBy(statement).filter((name) =>
      !explained.has(name) &&
      !(headed && (all.size === 1 || name.toLowerCase() === basename(path).replace(/\.tsx?$/, "").toLowerCase()))
    )
    const before = comments.findLast(({ end }) => end <= statement.start)
    const adjacent = before !== undefined && before.value.startsWith("*") &&
      text.slice(before.end, statement.start).trim() === ""
    for (const name of names) {
      if (adjacent) explained.add(name)
      else report(path, `exports ${name} without a doc comment`)
    }
  }
}

const checkSource = (workspace: Workspace, path: string): void => {
  const text = readFileSync(path, "utf8")
  const { comments, errors, module, program } = parseSync(path, text)
  for (const error of errors) report(path, error.message)
  for (const { moduleRequest } of module.staticImports) checkImport(workspace, path, moduleRequest.value)
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest) checkImport(workspace, path, moduleRequest.value)
  }
  checkDocumented(path, text, program.body, comments)
  for (const { value } of comments) {
    if (/^\s*(eslint|oxlint|biome|dprint|prettier|v8|istanbul|Stryker|@ts)-?(disable|ignore|nocheck)/i.test(value)) {
      report(path, `switches a check off: ${value.trim()}`)
    }
  }
  new Visitor({
    ImportExpression: ({ source }) => {
      if (source.type === "Literal" && typeof source.value === "string") checkImport(workspace, path, source.value)
    },
    TSImportType: ({ source }) => checkImport(workspace, path, source.value),
    NewExpression: ({ arguments: given, callee }) => {
      const ambient = callee.type === "Identifier" && callee.name === "Date" && given.length === 0
      if (ambient && workspace.folder === "core") report(path, "new Date() reads the host's clock: time is handed in")
    },
    CallExpression: ({ callee }) => {
      const ambient = callee.type === "Identifier" && callee.name === "Date"
      if (ambient && workspace.folder === "core") report(path, "Date() reads the host's clock: time is handed in")
    }
  }).visit(program)
}

let files = 0
for (const workspace of workspaces) {
  checkManifest(workspace)
  for (const path of sourcesIn(`${workspace.path}/src`)) {
    files += 1
    checkSource(workspace, path)
  }
}
for (const [path] of stale()) report(path, "is not what the sources say. Run: npm run deno:config")
for (const problem of problems) console.error(problem)
console.log(`sources: ${workspaces.length} packages, ${files} files, ${problems.length} problems`)
if (problems.length > 0) process.exitCode = 1
