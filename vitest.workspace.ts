import { readdirSync } from "node:fs"
import { defineConfig } from "vitest/config"

/** Tests run against the sources, so that no stale build can make them pass. */
const alias = [{ find: /^@keystead\/([^/]+)\/(.+)$/, replacement: `${import.meta.dirname}/packages/$1/src/$2.ts` }]

export default defineConfig({
  test: {
    projects: readdirSync(`${import.meta.dirname}/packages`).map((name) => ({
      resolve: { alias },
      test: { name, root: `${import.meta.dirname}/packages/${name}`, include: ["test/**/*.test.ts"] }
    }))
  }
})
