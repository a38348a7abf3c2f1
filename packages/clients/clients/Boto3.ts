/** boto3, AWS's SDK for Python, in one Python process. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { callerOf, type Client, ServiceError } from "../support/Client.ts"
import type { Python } from "../support/Python.ts"
import { fromJson, toJson } from "../support/Wire.ts"
import { ownEnvelopes } from "./OwnEnvelopes.ts"

const driver = join(import.meta.dirname, "../python/driver.py")

export const boto3 = (endpoint: string, { command, env }: Python): Client => {
  const child = spawn(command, [driver], {
    env: { ...process.env, ...env, AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" },
    stdio: ["pipe", "pipe", "inherit"]
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const exit = once(child, "exit")

  /** One call at a time: answers come in the order of the requests. */
  const ask = async (request: object): Promise<unknown> => {
    child.stdin.write(`${toJson({ endpoint, ...request })}\n`)
    const { done, value } = await lines.next()
    if (done === true) throw new Error("The Python process ended before it answered")
    const { error, output }: { readonly error?: ServiceError; readonly output?: unknown } = Object(fromJson(value))
    if (error !== undefined) throw new ServiceError(error)
    return output
  }

  return {
    name: "boto3",
    as: (identity) =>
      callerOf({
        call: (operation, input) => ask({ identity, operation, input }),
        all: async (operation, input, member, pages) => {
          const output: ReadonlyArray<object> = Object(await ask({ identity, operation, input, pages }))
          return output.flatMap((page) => Reflect.get(page, member))
        }
      }),
    envelopes: ownEnvelopes,
    correctsClock: false,
    close: async () => {
      child.stdin.end()
      await exit
    }
  }
}
