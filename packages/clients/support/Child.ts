/** Programs that the tests start. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"

/** What a program said, and how it ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export const run = async (
  command: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string | undefined>> = process.env
): Promise<Ended> => {
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")])
  return { code, stdout, stderr }
}
