/** What runs in Deno itself, on a real Deno KV: `deno/*_test.ts`, and writers that are killed. */
import { assert, describe, it } from "@effect/vitest"
import { denoPath, denoTests, fromNpmCi, runDeno } from "@keystead/testbed/Deno"
import { killSeconds, killWriters, wrongAfter } from "@keystead/testbed/Killing"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const folder = join(import.meta.dirname, "deno")

describe("in Deno", async () => {
  for (const { failure, name } of await denoTests(folder)) it(name, () => assert.isUndefined(failure))

  it("writers that are killed at random lose nothing that was acknowledged, and leave nothing by half", async () => {
    const home = mkdtempSync(join(tmpdir(), "keystead-kv-kill-"))
    try {
      const file = join(home, "store.kv")
      const leave = ["--no-prompt", fromNpmCi, "--unstable-kv", `--allow-read=${home}`, `--allow-write=${home}`]
      const run = (
        script: string,
        ...args: ReadonlyArray<string>
      ) => ["run", ...leave, join(folder, script), home, ...args]
      const writers = await killWriters((name, from) => [denoPath, run("KillChild.ts", file, name, String(from))])
      const { stderr, stdout } = await runDeno(run("Dump.ts", file))
      assert.strictEqual(stderr, "")
      assert.deepStrictEqual(wrongAfter(writers, new Map(JSON.parse(stdout))), [])
    } finally {
      rmSync(home, { recursive: true })
    }
  }, (killSeconds + 120) * 1000)
})
