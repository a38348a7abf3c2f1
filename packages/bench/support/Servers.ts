/** The servers of the HTTP suite, each a process of its own, and what they cost the processor. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as pause } from "node:timers/promises"
import { python } from "../../clients/support/Python.ts"
import type { Target } from "./Requests.ts"

/** A running server. */
export interface Server {
  readonly url: string
  /** Seconds of processor time that it took since it began, all its threads together. */
  readonly processorTime: () => number
  readonly stop: () => Promise<void>
}

/** The access key of every request. */
export const accessKey = { accessKeyId: "AKIABENCHXXXXXXXXXXX", secretAccessKey: "a secret of the benchmark only" }

/** Linux tells it in hundredths of a second, threads that have ended included. Source: proc_pid_stat(5), utime and stime. */
const processorTime = ({ pid }: ChildProcess) => (): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const serverOf = (child: ChildProcess, url: string, clear = () => {}): Server => {
  const kill = () => child.kill()
  process.once("exit", kill)
  return {
    url,
    processorTime: processorTime(child),
    stop: async () => {
      process.removeListener("exit", kill)
      if (child.exitCode === null && child.kill()) await once(child, "exit")
      clear()
    }
  }
}

const announced = async (args: ReadonlyArray<string>, clear?: () => void): Promise<Server> => {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
  const [line] = await once(createInterface(child.stdout), "line")
  return serverOf(child, String(line).replace("listening on ", ""), clear)
}

/** The bare server. */
export const bare = (): Promise<Server> => announced([join(import.meta.dirname, "BareServer.ts")])

/** `keystead serve`, with everything in memory and signatures checked. `flags` are Node's. */
export const keystead = (flags: ReadonlyArray<string> = []): Promise<Server> => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-bench-"))
  const credentials = join(folder, "credentials.json")
  const accessKeys = [{ ...accessKey, principal: "arn:aws:iam::111122223333:root" }]
  writeFileSync(credentials, JSON.stringify({ accessKeys }), { mode: 0o600 })
  const command = join(import.meta.dirname, "../../cli/bin/keystead.js")
  const options = ["--memory", "--port", "0", "--credentials", credentials, "--account", "111122223333"]
  return announced([...flags, command, "serve", ...options], () => rmSync(folder, { recursive: true }))
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = server.address()
  server.close()
  await once(server, "close")
  return typeof address === "object" && address !== null ? address.port : 0
}

/** moto's server, which looks at no signature. */
export const moto = async (): Promise<Server> => {
  const { command, env } = await python()
  const port = await freePort()
  const child = spawn(command, ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    env: { ...process.env, ...env },
    stdio: "ignore"
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    if (await fetch(url).then(() => true, () => false)) return serverOf(child, url)
    await pause(100)
  }
  throw new Error("moto's server did not listen within half a minute")
}

/** Where a server's requests are signed for. */
export const targetOf = ({ url }: Server): Target => ({ url, ...accessKey })
