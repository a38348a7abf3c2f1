/** The real command, in a process of its own: exit codes, pipes, and Ctrl-C. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { once } from "node:events"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as Process from "./support/Process.ts"

const folder = mkdtempSync(join(tmpdir(), "keystead-process-"))
const file = (name: string) => join(folder, name)
const main = file("keystead.js")

const start = (args: ReadonlyArray<string>) =>
  Process.start(main, args, { HOME: folder, KEYSTEAD_STORE: file("store") })

const run = (args: ReadonlyArray<string>, stdin: Uint8Array = new Uint8Array()) => {
  const child = start(args)
  child.stdin.end(stdin)
  return Process.ended(child)
}

/** The files in the folder, beside the command itself and its store. */
const visible = () => readdirSync(folder).filter((name) => !/^(store|keystead\.js)/.test(name)).toSorted()

const content = Buffer.alloc(300_000, "Keystead")

/** Processes start slowly on a machine that has much to do. */
const patience = 60_000

beforeAll(async () => {
  await Process.bundle(main)
  const { code, err } = await run(["key", "create", "--alias", "pay"])
  assert.deepStrictEqual([code, err], [0, ""])
  writeFileSync(file("in"), content)
}, patience)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the process", { timeout: patience }, () => {
  it("encrypts a file, and decrypts it through pipes", async () => {
    const encrypt = ["encrypt", "--key", "alias/pay", "--in", file("in"), "--out", file("sealed"), "--context", "a=b"]
    const sealed = await run(encrypt)
    assert.deepStrictEqual([sealed.code, sealed.err], [0, ""])
    const opened = await run(["decrypt", "--in", "-", "--out", "-", "--context", "a=b"], readFileSync(file("sealed")))
    assert.deepStrictEqual([opened.code, opened.err], [0, ""])
    assert.isTrue(content.equals(opened.out))
    assert.deepStrictEqual(visible(), ["in", "sealed"])
  })

  it("fails with its exit code and one line", async () => {
    const decrypt = ["decrypt", "--in", file("in"), "--out", file("back")]
    const outcomes = await Promise.all([
      run(decrypt),
      run(["key", "describe", "alias/none"]),
      run(["decrypt", "--in", "x"])
    ])
    assert.deepStrictEqual(outcomes.map(({ code }) => code), [5, 3, 2])
    for (const { err, out } of outcomes) {
      assert.match(err, /^keystead: [^\n]+\n$/)
      assert.strictEqual(out.length, 0)
    }
    assert.deepStrictEqual(visible(), ["in", "sealed"])
  })

  it("ends at Ctrl-C with one line, and removes the unfinished file", async () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const child = start(["encrypt", "--key", "alias/pay", "--in", "-", "--out", file("unfinished")])
      const end = Process.ended(child)
      child.stdin.write(content)
      const isUnderWay = () => visible().some((name) => name.endsWith(".tmp"))
      while (!isUnderWay() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 10))
      assert.isTrue(isUnderWay())
      child.kill(signal)
      const { code, err } = await end
      assert.deepStrictEqual([code, err], [130, "keystead: Interrupted; no unfinished file is left.\n"])
      assert.deepStrictEqual(visible(), ["in", "sealed"])
    }
  })

  it("says so when the reader of a pipe goes away", async () => {
    const child = start(["decrypt", "--in", file("sealed"), "--out", "-"])
    child.stdout.destroy()
    let err = ""
    child.stderr.on("data", (piece: Buffer) => void (err += piece.toString()))
    const [code]: Array<unknown> = await once(child, "exit")
    assert.deepStrictEqual([code, err], [7, "keystead: Cannot write standard output: its reader has gone.\n"])
  })
})
