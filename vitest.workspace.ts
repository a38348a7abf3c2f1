import { existsSync, readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"

const packages = `${import.meta.dirname}/packages`

/** Tests run against the sources, so that no stale build can make them pass. */
const alias = [{ find: /^@keystead\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` }]

export default defineConfig({
  test: {
    reporters: ["default", ["json", { outputFile: `${import.meta.dirname}/reports/tests.json` }]],
    coverage: {
      provider: "v8",
      include: ["**/src/**/*.ts"],
      reporter: ["text", "html"],
      reportOnFailure: true,
      reportsDirectory: `${import.meta.dirname}/coverage`
    },
    projects: readdirSync(packages).filter((name) => existsSync(`${packages}/${name}/test`)).map((name) => ({
      resolve: { alias },
      test: {
        name,
        root: `${packages}/${name}`,
        include: ["test/**/*.test.ts"],
        setupFiles: [`${import.meta.dirname}/vitest.setup.ts`],
        // Vitest's own five seconds are for a machine that does nothing else.
        testTimeout: 60_000,
        hookTimeout: 60_000,
        // Tests of types: files of their own, each `it` a test that fails on a type error. Errors elsewhere are `tsc -b`'s.
        typecheck: {
          enabled: true,
          checker: "tsc",
          ignoreSourceErrors: true,
          include: ["test/**/*.test-d.ts"],
          tsconfig: `${import.meta.dirname}/tsconfig.test.json`
        }
      }
    }))
  }
})
