/**
 * The credentials file of an endpoint: access keys, and whom they stand for, as JSON that only its owner may read.
 *
 * ```json
 * { "accessKeys": [{ "accessKeyId": "…", "secretAccessKey": "…", "principal": "arn:aws:iam::111122223333:user/ada" }] }
 * ```
 *
 * Each may have a `sessionToken`, a date at which it `expires`, session `tags`, and `identityPolicies`.
 */
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import * as Principal from "@keystead/core/domain/Principal"
import type { Credential } from "@keystead/http/auth/Credentials"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type FileHandle, open } from "node:fs/promises"
import { FileError, ofSystem } from "../files/FileError.ts"

/** No credentials file is longer: 16 MiB. */
const longest = 16 * 1024 * 1024

const text = (most: number, what: string) =>
  Schema.String.check(
    Schema.makeFilter((value: string) => value.length > 0 && value.length <= most || `Expected ${what}`)
  )

const isDate = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) && !Number.isNaN(Date.parse(value))

const AccessKey = Schema.Struct({
  accessKeyId: Schema.String.check(
    Schema.isPattern(/^\w{16,128}$/, { message: "Expected an access key id: 16 to 128 letters, digits and _" })
  ),
  secretAccessKey: text(1024, "a secret access key: 1 to 1024 characters"),
  principal: Schema.String.check(
    Schema.makeFilter((arn: string) => Principal.parse(arn) !== undefined || "Expected the ARN of a principal")
  ),
  sessionToken: Schema.optionalKey(text(16_384, "a session token: 1 to 16384 characters")),
  expires: Schema.optionalKey(
    Schema.String.check(Schema.makeFilter((date: string) => isDate(date) || "Expected a date: 2026-11-24T10:30:00Z"))
  ),
  tags: Schema.optionalKey(Schema.Record(Schema.String, Schema.String)),
  identityPolicies: Schema.optionalKey(
    Schema.Array(Schema.Union([Schema.String, Schema.Record(Schema.String, Schema.Unknown)]))
  )
})

const decode = Schema.decodeUnknownResult(Schema.Struct({ accessKeys: Schema.Array(AccessKey) }), {
  errors: "all",
  onExcessProperty: "error"
})

type AccessKey = typeof AccessKey.Type

/** Access keys by their ids. */
export type AccessKeys = ReadonlyMap<string, Credential>

const callerOf = ({ identityPolicies = [], principal, tags = {} }: AccessKey) => {
  const names = Object.keys(tags).map((name) => name.toLowerCase())
  if (new Set(names).size < names.length) return Result.fail("Keys of tags must differ by more than case")
  const policies = Result.all(
    identityPolicies.map((policy) => parseIdentityPolicy(typeof policy === "string" ? policy : JSON.stringify(policy)))
  )
  return Result.mapBoth(policies, {
    onFailure: ({ message }) => message,
    onSuccess: (identityPolicies) => ({ principal, tags, identityPolicies })
  })
}

const credentialOf = (key: AccessKey): Result.Result<Credential, string> =>
  Result.map(callerOf(key), (caller) => ({
    accessKeyId: key.accessKeyId,
    secretAccessKey: key.secretAccessKey,
    ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }),
    ...(key.expires === undefined ? {} : { expires: Date.parse(key.expires) }),
    caller
  }))

const parseJson = (text: string): Result.Result<unknown, string> =>
  // The parser's own words would quote the file.
  Result.try({ try: (): unknown => JSON.parse(text), catch: () => "it is not JSON" })

/** Reads the text of a credentials file. Fails with what is wrong with it, which quotes no secret. */
export const parse = (text: string): Result.Result<AccessKeys, string> =>
  Result.gen(function*() {
    const json = yield* parseJson(text)
    const { accessKeys } = yield* Result.mapError(decode(json), ({ message }) => message.replaceAll(/\s*\n\s*/g, " "))
    const found = new Map<string, Credential>()
    for (const [index, key] of accessKeys.entries()) {
      if (found.has(key.accessKeyId)) return yield* Result.fail(`accessKeys ${index}: its accessKeyId is there twice`)
      const credential = credentialOf(key)
      found.set(key.accessKeyId, yield* Result.mapError(credential, (problem) => `accessKeys ${index}: ${problem}`))
    }
    return found
  })

const unusable = (path: string, why: string) =>
  new FileError({ message: `Cannot use the credentials file ${path}: ${why}.` })

const readOpened = async (path: string, file: FileHandle): Promise<string> => {
  const { mode, size } = await file.stat()
  // Windows has no such modes.
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    throw unusable(path, `others than its owner may read it. Run: chmod 600 ${path}`)
  }
  if (size > longest) throw unusable(path, `it is longer than ${longest} bytes`)
  return await file.readFile("utf8")
}

const readText = async (path: string): Promise<string> => {
  const file = await open(path)
  try {
    return await readOpened(path, file)
  } finally {
    await file.close()
  }
}

/** Reads the credentials file at `path`. FileError if others may read it, or if it is not what it must be. */
export const read = (path: string): Effect.Effect<AccessKeys, FileError> =>
  Effect.tryPromise({
    try: () => readText(path),
    catch: (error) => error instanceof FileError ? error : ofSystem("read", path, error)
  }).pipe(
    Effect.flatMap((text) => Effect.fromResult(Result.mapError(parse(text), (why) => unusable(path, why))))
  )
