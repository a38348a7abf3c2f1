/** `keystead serve` in processes of its own. */
import { KMS } from "@aws-sdk/client-kms"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Process from "./Process.ts"

/** A folder for the command, a store and files, and how to serve there. Dispose of it at the end. */
export const makePlace = async () => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-serve-"))
  const file = (name: string) => join(folder, name)
  const main = file("keystead.js")
  await Process.bundle(main)
  const children: Array<ReturnType<typeof Process.start>> = []

  const start = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) => {
    const more = { HOME: folder, KEYSTEAD_STORE: file("store"), TMPDIR: folder, ...env }
    const child = Process.start(main, ["serve", ...(args.includes("--port") ? [] : ["--port", "0"]), ...args], more)
    children.push(child)
    return child
  }

  /** Starts an endpoint, and waits until it is ready. */
  const serve = async (args: ReadonlyArray<string>, env?: Readonly<Record<string, string>>) => {
    const child = start(args, env)
    const end = Process.ended(child)
    let err = ""
    child.stderr.on("data", (piece: Buffer) => void (err += piece.toString()))
    const ready = once(child.stdout, "data")
    const first = await Promise.race([ready.then(([piece]) => String(piece)), end.then(({ err }) => `ended: ${err}`)])
    const url = /^listening on (https?:\/\/\S+)\n$/.exec(first)?.[1]
    if (url === undefined) throw new Error(`No ready line: ${first}`)
    const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
      child.kill(signal)
      return end
    }
    return { child, url, port: Number(new URL(url).port), stop, said: () => err }
  }

  const close = () => {
    for (const child of children) child.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  }
  return { folder, file, start, serve, close }
}

/** The first access key of a credentials file. */
export const accessKeyOf = (path: string): { accessKeyId: string; secretAccessKey: string } =>
  JSON.parse(readFileSync(path, "utf8")).accessKeys[0]

/** AWS's client. */
export const clientOf = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string },
  region = "eu-west-1"
) => new KMS({ endpoint, region, credentials: { ...credentials }, maxAttempts: 1 })

/** A call of an operation without signature. */
export const post = (url: string, operation: string, headers: Record<string, string> = {}, body = "{}") =>
  fetch(url, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${operation}`, ...headers },
    body
  })
