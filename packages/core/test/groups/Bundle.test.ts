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

/** The files of groups: all in their folder, but for what a group is. */
const files = readdirSync(folder).filter((name) => name !== "Group.ts" && name !== "Carried.ts")

const groupOf = async (file: string): Promise<Group> => {
  const exported: ReadonlyArray<Group> = Object.values(await import(join(folder, file)))
  return exported[0] ?? assert.fail(`${file} exports no group`)
}

/** The sources, so that no stale build can make these tests pass. */
const sources: RolldownPlugin = {
  name: "sources",
  resolveId: (id) => {
    const [, name, path] = /^@keystead\/([^/]+)\/(.+)$/.exec(id) ?? []
    return name === undefined ? undefined : join(root, `packages/${name}/src/${path}.ts`)
  }
}

const modulesOf = async (entry: string) => (await bundle(entry, [sources])).modules

/** The operations that the modules are those of, by name. */
const operationsIn = (modules: ReadonlyArray<string>) =>
  modules
    .filter((path) => path.includes("/core/src/operations/"))
    .map((path) => basename(path, ".ts"))
    .filter((name) => name in registry)
    .toSorted()

describe("bundles", () => {
  it("are tried for every group", async () => {
    const names = await Promise.all(files.map(async (file) => (await groupOf(file)).name))
    assert.sameMembers(names, groups.map(({ name }) => name))
  })

  for (const file of files) {
    it(`have of ${file} its own operations, and no other`, async () => {
      const { operations } = await groupOf(file)
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

  it("of who embeds all groups have every operation", async () => {
    const modules = await modulesOf(join(root, "scripts/size/Everything.ts"))
    assert.deepStrictEqual(operationsIn(modules), Object.keys(registry).toSorted())
  })
})
