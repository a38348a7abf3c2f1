import { defineConfig } from "vitest/config"

const packages = `${import.meta.dirname}/packages`

/**
 * The tests that Bun runs: all of the Node runtime's, the contract of the stores that stand on Node's API, and of the root
 * key's file. Vitest's forks want of Node's IPC what Bun does not have; its threads run.
 */
const tests: Readonly<Record<string, ReadonlyArray<string>>> = {
  "runtime-node": ["test/**/*.test.ts"],
  "storage-filesystem": ["test/{FilesystemStorage,NodeFileSystem,RootKeyFile,Processes}.test.ts"],
  "storage-sql": ["test/NodeSqlite.test.ts"]
}

export default defineConfig({
  test: {
    pool: "threads",
    reporters: ["default", ["json", { outputFile: `${import.meta.dirname}/reports/bun.json` }]],
    projects: Object.entries(tests).map(([name, include]) => ({
      resolve: { alias: [{ find: /^@keystead\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` }] },
      test: {
        name: `${name} on Bun`,
        root: `${packages}/${name}`,
        include: [...include],
        setupFiles: [`${import.meta.dirname}/vitest.setup.ts`],
        testTimeout: 60_000,
        hookTimeout: 60_000
      }
    }))
  }
})
