/** The access key that an endpoint makes when it starts for the first time. */
import * as Effect from "effect/Effect"
import { randomBytes, randomInt } from "node:crypto"
import { link, mkdir, open, unlink } from "node:fs/promises"
import { dirname } from "node:path"
import { type FileError, ofSystem } from "../files/FileError.ts"

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

/** Gives a file its second name, if nothing has that yet. */
const linked = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false
    throw error
  }
}

/** Writes a new file, complete or not at all. Whether it is there, and no other was before. */
const write = async (path: string, text: string): Promise<boolean> => {
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
    return await linked(temporary, path)
  } finally {
    await unlink(temporary)
  }
}

/**
 * Makes an access key for a principal, and keeps it in a new credentials file of mode 0600. Nothing if there is a file at
 * `path` already; FileError if it cannot be written.
 */
export const create = (path: string, principal: string): Effect.Effect<AccessKey | undefined, FileError> =>
  Effect.tryPromise({
    try: async () => {
      const key = generate(principal)
      const isNew = await write(path, `${JSON.stringify({ accessKeys: [key] }, null, 2)}\n`)
      return isNew ? key : undefined
    },
    catch: (error) => ofSystem("write", path, error)
  })

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
