import { defineConfig } from "vitest/config"

const packages = `${import.meta.dirname}/packages`

/** The tests that Stryker runs against each mutant: the core's, but for those of rooms that it leaves alone. */
export default defineConfig({
  resolve: { alias: [{ find: /^@keystead\/([^/]+)\/(.+)$/, replacement: `${packages}/$1/src/$2.ts` }] },
  test: {
    root: `${packages}/core`,
    include: ["test/**/*.test.ts"],
    setupFiles: [`${import.meta.dirname}/vitest.setup.ts`],
    exclude: ["test/standalone.test.ts", "test/envelope/**", "test/storage/**"]
  }
})
