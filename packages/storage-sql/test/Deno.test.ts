import { assert, describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import { bundle } from "@keystead/testbed/Bundle"
import { runDeno } from "@keystead/testbed/Deno"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** What went wrong in Deno, by the checks' names. */
const outcomes = async (): Promise<ReadonlyMap<string, unknown>> => {
  // Of /dev/shm, Deno hands out nothing without every permission.
  const folder = mkdtempSync(join(tmpdir(), "keystead-sql-deno-"))
  try {
    const program = join(folder, "program.mjs")
    writeFileSync(program, await bundle(join(import.meta.dirname, "support", "ContractProgram.ts"), "deno"))
    const leave = ["--no-prompt", `--allow-read=${folder}`, `--allow-write=${folder}`]
    const { stderr, stdout } = await runDeno(["run", ...leave, program, folder])
    if (stdout === "") throw new Error(stderr)
    const said: Record<string, unknown> = JSON.parse(stdout)
    return new Map(Object.entries(said))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("NodeSqlite keeps the contract in Deno, with leave to read and write its folder alone", async () => {
  const found = await outcomes()
  for (const { name } of contract({ durable: true })) it(name, () => assert.strictEqual(found.get(name), ""))
})
