/** Runs the contract in workerd, Cloudflare's own runtime, as miniflare starts it, against one of its databases. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { contract } from "@keystead/core/storage/Contract"
import { bundle } from "@keystead/testbed/Bundle"
import { Miniflare } from "miniflare"
import { rmSync } from "node:fs"
import { join } from "node:path"
import { makeFolder } from "./TemporaryFolder.ts"

const checks = contract({ durable: true })
const script = bundle(join(import.meta.dirname, "Worker.ts"), "workerd")

const start = async (folder: string) =>
  new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: await script }],
    compatibilityDate: "2026-07-01",
    durableObjects: { objects: { className: "StoreObject", useSQLite: true } },
    durableObjectsPersist: join(folder, "objects"),
    d1Databases: Object.fromEntries(checks.map((_, index) => [`d1_${index}`, `database-${index}`])),
    d1Persist: join(folder, "d1")
  })

const ask = async (workerd: Miniflare, path: string): Promise<string> => {
  const reply = await workerd.dispatchFetch(`http://localhost/${path}`)
  return await reply.text()
}

/** The tests of a kind of database, as the Worker's paths call it. */
export const describeInWorkerd = (title: string, engine: "object" | "d1"): void => {
  describe(title, () => {
    const folder = makeFolder()
    let workerd: Miniflare
    beforeAll(async () => {
      workerd = await start(folder)
    })
    afterAll(async () => {
      await workerd.dispose()
      rmSync(folder, { recursive: true, force: true })
    })

    for (const [index, { name }] of checks.entries()) {
      it(name, async () => assert.strictEqual(await ask(workerd, `${engine}/check/${index}`), ""))
    }

    it("has its records when workerd starts again, and opens no schema that it does not know", async () => {
      const own = join(folder, "own")
      let other = await start(own)
      assert.strictEqual(await ask(other, `${engine}/put/7`), "")
      await other.dispose()
      other = await start(own)
      try {
        assert.strictEqual(await ask(other, `${engine}/get`), "\"7\"")
        assert.strictEqual(await ask(other, `${engine}/newer`), "")
        assert.match(await ask(other, `${engine}/get`), /^Incompatible: .* schema version 1000/)
      } finally {
        await other.dispose()
      }
    })
  })
}
