import { assert, describe, it } from "@effect/vitest"
import { nodeProcesses } from "@keystead/storage-filesystem/Processes"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"

const { lifeOf, self, token } = nodeProcesses
const isSure = existsSync("/proc/self/stat")

describe("nodeProcesses", () => {
  it("knows that it lives itself", () => assert.strictEqual(lifeOf(self), "Alive"))

  it("knows that a process has ended", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""])
    assert.strictEqual(lifeOf({ ...self, pid, started: "1" }), "Dead")
  })

  it("does not take a process for another one that had its id, where the system tells when it started", async () => {
    const child = spawn(process.execPath, ["-e", "process.stdin.resume()"])
    try {
      await once(child, "spawn")
      assert.strictEqual(lifeOf({ ...self, pid: child.pid ?? 0, started: "1" }), isSure ? "Dead" : "Unknown")
    } finally {
      child.kill("SIGKILL")
    }
  })

  it("says nothing of another machine or another space of process ids, and that nothing outlives a restart", () => {
    assert.strictEqual(lifeOf({ ...self, host: "elsewhere" }), "Unknown")
    assert.strictEqual(lifeOf({ ...self, space: "pid:[1]" }), "Unknown")
    assert.strictEqual(lifeOf({ ...self, boot: "before" }), isSure ? "Dead" : "Unknown")
    assert.strictEqual(lifeOf({ ...self, boot: "" }), isSure ? "Unknown" : "Alive")
  })

  it("gives names that nothing else has", () => {
    assert.strictEqual(new Set(Array.from({ length: 1000 }, token)).size, 1000)
  })
})
