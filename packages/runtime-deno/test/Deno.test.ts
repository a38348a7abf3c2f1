/** What runs in Deno itself: `deno/*_test.ts`. */
import { assert, describe, it } from "@effect/vitest"
import { denoTests } from "@keystead/testbed/Deno"
import { join } from "node:path"

describe("in Deno", async () => {
  for (const { failure, name } of await denoTests(join(import.meta.dirname, "deno"))) {
    it(name, () => assert.isUndefined(failure))
  }
})
