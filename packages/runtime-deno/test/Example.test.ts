/** `examples/deno-script`, as its README says to run it. */
import { assert, describe, it } from "@effect/vitest"
import { fromNpmCi, runDeno } from "@keystead/testbed/Deno"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const script = join(import.meta.dirname, "../../../examples/deno-script/seal.ts")

describe("the example's script", () => {
  it("seals and opens files where it may read and write, and leaves none where one was changed", async () => {
    const home = mkdtempSync(join(tmpdir(), "keystead-deno-script-"))
    const path = (name: string) => join(home, name)
    const seal = async (...args: ReadonlyArray<string>) => {
      const options = ["run", "--no-prompt", fromNpmCi, "--allow-read=.", "--allow-write=.", script]
      const { stderr, stdout } = await runDeno([...options, ...args], { cwd: home })
      return stdout + stderr
    }
    try {
      writeFileSync(path("letter"), "attack at dawn\n".repeat(20_000))
      assert.strictEqual(await seal("seal", "letter", "sealed"), "letter -> sealed\n")
      assert.strictEqual(await seal("open", "sealed", "again"), "sealed -> again\n")
      assert.deepStrictEqual(readFileSync(path("again")), readFileSync(path("letter")))
      assert.strictEqual(await seal("seal", "again", "sealed.too"), "again -> sealed.too\n")

      const changed = readFileSync(path("sealed"))
      changed.set([(changed.at(-9) ?? 0) ^ 1], changed.length - 9)
      writeFileSync(path("changed"), changed)
      assert.include(await seal("open", "changed", "never"), "MessageTampered")
      for (const name of ["never", "never.part"]) assert.isFalse(existsSync(path(name)))
      assert.include(await seal("open", "sealed"), "Say: seal FROM TO")
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})
