/** Whoever names a group carries its operations, and a bundler drops the rest. */
import { assert, describe, it } from "@effect/vitest"
import type { Group } from "@keystead/core/groups/Group"
import { symmetric } from "@keystead/core/groups/Symmetric"
import { groups, registry } from "@keystead/core/operations/Registry"
import { readdirSync } from "node:fs"
import { basename, join } from "node:path"
import type { RolldownPlugin } from "rolldown"
import { bundle } from "../../../../scripts/size/Bundle.ts"
import { root } from "../../../../scripts/workspaces.ts"

const folder = join(root, "packages/core/src/groups")

const isGroup = (exported: unknown): exported is Group =>
  typeof exported === "object" && exported !== null && "operations" in exported && "kinds" in exported

const groupIn = async (file: string): Promise<ReadonlyArray<readonly [file: string, group: Group]>> =>
  Object.values(await import(join(folder, file))).filter(isGroup).map((group) => [file, group])

/** The groups, with their files. Beside them lies what groups and interpreter have in common. */
const files = (await Promise.all(readdirSync(folder).map(groupIn))).flat()

/** The sources, so that no stale build can make these tests pass. */
const sources: RolldownPlugin = {
  name: "sources",
  resolveId: (id) => {
    const [, name, path] = /^@keystead\/([^/]+)\/(.+)$/.exec(id) ?? []
    return name === undefined ? undefined : join(root, `packages/${name}/src/${path}.ts`)
  }
}

const codeOf = async (entry: string) => (await bundle(entry, [sources])).modules

const modulesOf = async (entry: string) => [...(await codeOf(entry)).keys()]

/** The operations that the modules are those of, by name. */
const operationsIn = (modules: ReadonlyArray<string>) =>
  modules
    .filter((path) => path.includes("/core/src/operations/"))
    .map((path) => basename(path, ".ts"))
    .filter((name) => name in registry)
    .toSorted()

describe("bundles", () => {
  it("are tried for every group", () => {
    assert.sameMembers(files.map(([, { name }]) => name), groups.map(({ name }) => name))
  })

  for (const [file, { operations }] of files) {
    it(`have of ${file} its own operations, and no other`, async () => {
      assert.deepStrictEqual(operationsIn(await modulesOf(join(folder, file))), Object.keys(operations).toSorted())
    })
  }

  it("of who embeds the symmetric group have nothing of the others", async () => {
    const modules = await modulesOf(join(root, "scripts/size/Embedder.ts"))
    assert.deepStrictEqual(operationsIn(modules), Object.keys(symmetric.operations).toSorted())
    assert.isTrue(modules.some((path) => path.includes("/@noble/ciphers/")))
    const others =
      /\/@noble\/(?:curves|post-quantum)\/|\/core\/src\/crypto\/kinds\/|\/core\/src\/groups\/(?!Symmetric|Carried)/
    assert.deepStrictEqual(modules.filter((path) => others.test(path)), [])
  })

  it("of who embeds the symmetric group have no schemas of Effect that domain/Members.ts declares in less", async () => {
    const modules = await codeOf(join(root, "scripts/size/Embedder.ts"))
    const [schemas = ""] = [...modules].flatMap(([path, code]) => path.endsWith("/SchemaAST.js") ? [code] : [])
    const kinds = [...schemas.matchAll(/_tag = "(\w+)"/g)].map(([, kind]) => kind)
    assert.includeMembers(kinds, ["Objects", "String"])
    assert.deepStrictEqual(kinds.filter((kind = "") => ["Arrays", "Literal", "Number", "Union"].includes(kind)), [])
  })

  it("of who embeds all groups have every operation", async () => {
    const modules = await modulesOf(join(root, "scripts/size/Everything.ts"))
    assert.deepStrictEqual(operationsIn(modules), Object.keys(registry).toSorted())
  })
})
