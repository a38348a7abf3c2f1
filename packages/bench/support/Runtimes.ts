/** The runtimes, each with the same tasks to do, made of the sources as one file. */
import { bundle } from "@keystead/testbed/Bundle"
import { denoPath } from "@keystead/testbed/Deno"
import { Miniflare } from "miniflare"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Contender } from "../framework/Measure.ts"

/** A runtime that is up. */
export interface Runtime {
  /** The contender of this name, which does the task of that name. */
  readonly contender: (name: string, task: string) => Contender
  readonly end: () => Promise<void>
}

const programs = join(import.meta.dirname, "..", "runtimes")
const bunPath = fileURLToPath(import.meta.resolve("bun/bin/bun.exe"))

const ask = async ({ stdin, stdout }: ChildProcess, task: string, count: number): Promise<void> => {
  if (stdin === null || stdout === null) throw new Error("The runtime has no standard streams")
  const answered = once(stdout, "data")
  stdin.write(`${task} ${count}\n`)
  const [line] = await answered
  if (String(line) !== "done\n") throw new Error(`${task}: ${line}`)
}

/** Starts a runtime that is a process. */
const startProcess = async (program: string, command: string, args: ReadonlyArray<string>): Promise<Runtime> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-bench-"))
  const file = join(folder, "program.mjs")
  writeFileSync(file, await bundle(join(programs, program), command === denoPath ? "deno" : "node"))
  const child = spawn(command, [...args, file], { stdio: ["pipe", "pipe", "inherit"] })
  return {
    contender: (name, task) => ({ name, batch: (count) => ask(child, task, count) }),
    end: async () => {
      const ended = once(child, "exit")
      child.stdin.end()
      await ended
      rmSync(folder, { recursive: true })
    }
  }
}

const startWorkerd = async (): Promise<Runtime> => {
  const workerd = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: await bundle(join(programs, "Worker.ts"), "workerd") }],
    compatibilityDate: "2026-07-01"
  })
  const batch = async (task: string, count: number): Promise<void> => {
    const reply = await workerd.dispatchFetch(`http://localhost/?task=${task}&count=${count}`)
    const text = await reply.text()
    if (text !== "done") throw new Error(`${task}: ${text}`)
  }
  return {
    contender: (name, task) => ({ name, batch: (count) => batch(task, count) }),
    end: () => workerd.dispose()
  }
}

/** Each over the primitives that its runtime package gives it. */
export const starts = {
  Node: () => startProcess("Node.ts", process.execPath, []),
  Deno: () => startProcess("Deno.ts", denoPath, ["run", "--no-prompt"]),
  Bun: () => startProcess("Node.ts", bunPath, []),
  workerd: startWorkerd
}
