/** The access key that an endpoint makes when it starts for the first time. */
import * as Effect from "effect/Effect"
import { randomBytes, randomInt } from "node:crypto"
import { link, mkdir, open, unlink } from "node:fs/promises"
import { dirname } from "node:path"
import { ofSystem } from "../files/FileError.ts"

/** An access key, as the endpoint's user needs it. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly principal: string
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/** As long as AWS's, and with another beginning, since no account of AWS knows it. */
const generate = (principal: string): AccessKey => ({
  accessKeyId: `KSTD${Array.from({ length: 16 }, () => letters[randomInt(letters.length)]).join("")}`,
  secretAccessKey: randomBytes(30).toString("base64"),
  principal
})

const codeOf = (error: unknown): unknown => error instanceof Error && "code" in error ? error.code : undefined

/** Writes a new file, complete or not at all. */
const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}`
  const file = await open(temporary, "wx", 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    await link(temporary, path)
  } finally {
    await unlink(temporary)
  }
}

/**
 * Makes an access key for a principal, and keeps it in a new credentials file of mode 0600. Nothing if there is a file at
 * `path` already; FileError if it cannot be written.
 */
export const create = (path: string, principal: string) =>
  Effect.tryPromise({
    try: async () => {
      const key = generate(principal)
      await write(path, `${JSON.stringify({ accessKeys: [key] }, null, 2)}\n`)
      return key
    },
    catch: (error) => error
  }).pipe(
    Effect.catch((error) => codeOf(error) === "EEXIST" ? Effect.undefined : Effect.fail(ofSystem("write", path, error)))
  )

/** A word that a shell takes as it is. */
const quoted = (text: string): string => /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** How to use it, for whoever started the endpoint. The secret itself is shown on terminals only: other places keep it. */
export const howTo = (key: AccessKey, path: string, url: string, region: string, isTerminal: boolean): string => {
  const secret = isTerminal
    ? quoted(key.secretAccessKey)
    : `"$(jq -r '.accessKeys[0].secretAccessKey' ${quoted(path)})"`
  return [
    `Made an access key for ${key.principal}. It is kept in ${path}, which only you may read. To use it:`,
    `  export AWS_ENDPOINT_URL_KMS=${url} AWS_REGION=${region}`,
    `  export AWS_ACCESS_KEY_ID=${key.accessKeyId} AWS_SECRET_ACCESS_KEY=${secret}`,
    "  aws kms create-key"
  ].join("\n")
}
