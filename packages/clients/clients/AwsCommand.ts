/** The `aws` command line: each call is a process, with an option for each member of the request. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../support/Child.ts"
import { callerOf, type Client, type Identity, type Name, ServiceError } from "../support/Client.ts"
import type { Python } from "../support/Python.ts"
import { fromJson, toJson } from "../support/Wire.ts"
import { ownEnvelopes } from "./OwnEnvelopes.ts"

const skewed = join(import.meta.dirname, "../python/skewed_aws.py")

/** `GenerateDataKey` is `generate-data-key`. */
const dashed = (name: string): string => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()

const failure = /An error occurred \((\w+)\) when calling the \w+ operation(?: \([^)]*\))?: ?(.*)/s

const environment = ({ accessKeyId, region, secretAccessKey, sessionToken, skew }: Identity, python: Python) => ({
  PATH: process.env["PATH"],
  ...python.env,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: secretAccessKey,
  ...sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken },
  AWS_DEFAULT_REGION: region,
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_MAX_ATTEMPTS: "1",
  AWS_PAGER: "",
  SKEW: String(skew)
})

export const awsCommand = (endpoint: string, python: Python): Client => {
  const folder = mkdtempSync(join(tmpdir(), "keystead-aws-"))
  let files = 0

  /** Bytes go in by a file. */
  const fileOf = (bytes: Uint8Array): string => {
    const path = join(folder, String(files++))
    writeFileSync(path, bytes)
    return `fileb://${path}`
  }

  const optionsOf = (input: object): ReadonlyArray<string> =>
    Object.entries(input).flatMap(([name, value]: [string, unknown]) => {
      const option = `--${dashed(name)}`
      if (value === undefined) return []
      if (value === true) return [option]
      if (value === false) return [`--no-${option.slice(2)}`]
      if (value instanceof Uint8Array) return [option, fileOf(value)]
      if (value instanceof Date) return [option, value.toISOString()]
      return [option, typeof value === "string" ? value : toJson(value)]
    })

  const ask = async (identity: Identity, name: Name, input: object, more: ReadonlyArray<string>): Promise<unknown> => {
    const program = identity.skew === 0 ? python.aws : [skewed]
    const args = [...program, "--endpoint-url", endpoint, "--output", "json", "kms", dashed(name), ...optionsOf(input)]
    const ended = await run(python.command, [...args, ...more], environment(identity, python))
    if (ended.code === 0) return ended.stdout.trim() === "" ? {} : fromJson(ended.stdout)
    const [, error, message = ""] = failure.exec(ended.stderr.trim()) ?? []
    if (error === undefined) throw new Error(`aws kms ${dashed(name)} ended with ${ended.code}: ${ended.stderr}`)
    throw new ServiceError({ name: error, message })
  }

  return {
    name: "aws",
    as: (identity) =>
      callerOf({
        call: (name, input) => ask(identity, name, input, []),
        all: async (name, input, member, size) =>
          Reflect.get(Object(await ask(identity, name, input, ["--page-size", String(size)])), member)
      }),
    envelopes: ownEnvelopes,
    correctsClock: false,
    close: async () => rmSync(folder, { recursive: true, force: true })
  }
}
