import { assert, describe, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { pages } from "../../../../scripts/docs/Pages.ts"

describe("the generated pages of docs/", () => {
  for (const [path, text] of pages) {
    it(`${path} is what npm run docs:generate writes`, async () => {
      const committed = await readFile(new URL(`../../../../docs/${path}`, import.meta.url), "utf8")
      assert.strictEqual(committed, text())
    })
  }
})
