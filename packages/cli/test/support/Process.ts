/** The real command, in processes of its own. */
import { build } from "esbuild"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

const sources = (name: string) => join(import.meta.dirname, `../../../${name}/src`)

/** The command out of the sources, in one file: a process of it starts in a moment, and no stale build can pass. */
export const bundle = (outfile: string) =>
  build({
    entryPoints: [join(sources("cli"), "Main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    alias: Object.fromEntries(
      ["core", "http", "runtime-node", "storage-filesystem", "storage-memory"].map((
        name
      ) => [`@keystead/${name}`, sources(name)])
    )
  })

/** Starts the file with arguments, in an environment of these variables alone. */
export const start = (main: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) => {
  const child = spawn(process.execPath, [main, ...args], { env: { PATH: process.env["PATH"], ...env } })
  // A process that refuses its arguments, or is killed, reads no input.
  child.stdin.on("error", () => {})
  return child
}

/** Waits for the end. */
export const ended = async (child: ChildProcessWithoutNullStreams) => {
  const out: Array<Buffer> = []
  let err = ""
  child.stdout.on("data", (piece: Buffer) => void out.push(piece))
  child.stderr.on("data", (piece: Buffer) => void (err += piece.toString()))
  const [code, signal]: Array<unknown> = await once(child, "close")
  return { code, signal, out: Buffer.concat(out), err }
}
