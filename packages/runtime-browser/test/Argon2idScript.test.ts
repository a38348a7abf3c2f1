import { assert, describe, it } from "@effect/vitest"
import { readFile } from "node:fs/promises"
import { argon2idScriptModule, argon2idScriptPath } from "../../../scripts/argon2id-worker.ts"

describe("the script of the Argon2id worker", () => {
  it("is what the sources make: run `npm run build:worker` if it is not", async () => {
    assert.strictEqual(await readFile(argon2idScriptPath, "utf8"), await argon2idScriptModule())
  })
})
