/** `keystead serve` on a folder of its own, as a program of its own. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { accessKeys, account } from "./People.ts"

const keystead = join(import.meta.dirname, "../../cli/bin/keystead.js")

/** A running endpoint. */
export interface Endpoint {
  readonly url: string
  /** Ends it as an operator would; rejects if it does not end in good order. */
  readonly stop: () => Promise<void>
}

/** Starts one on this folder, and waits until it says that it listens. */
export const start = async (folder: string): Promise<Endpoint> => {
  const file = join(folder, "credentials.json")
  writeFileSync(file, JSON.stringify({ accessKeys }), { mode: 0o600 })
  const options = ["--port", "0", "--store", join(folder, "store"), "--credentials", file, "--account", account]
  const child = spawn(process.execPath, [keystead, "serve", ...options], { stdio: ["ignore", "pipe", "inherit"] })
  // If the tests end early, nothing stays behind.
  const kill = () => child.kill("SIGKILL")
  process.once("exit", kill)
  const exit = once(child, "exit").then(([code, signal]) => ({ code, signal }))
  const line = await Promise.race([
    once(createInterface(child.stdout), "line").then(([line]) => String(line)),
    exit.then(({ code, signal }) => {
      throw new Error(`keystead serve ended with ${code ?? signal} before it listened`)
    })
  ])
  const url = /^listening on (http:\S+)/.exec(line)?.[1]
  if (url === undefined) throw new Error(`keystead serve said ${line}, and not where it listens`)
  return {
    url,
    stop: async () => {
      child.kill("SIGTERM")
      const { code, signal } = await exit
      process.removeListener("exit", kill)
      if (code !== 0) throw new Error(`keystead serve ended with ${code ?? signal}, and not with 0`)
    }
  }
}
