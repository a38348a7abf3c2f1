/**
 * Access keys as a text, which an endpoint reads from a file or a secret binding: JSON.
 *
 * ```json
 * { "accessKeys": [{ "accessKeyId": "…", "secretAccessKey": "…", "principal": "arn:aws:iam::111122223333:user/ada" }] }
 * ```
 *
 * Each may have a `sessionToken`, a date at which it `expires`, session `tags`, and `identityPolicies`.
 */
import { parseIdentityPolicy } from "@keystead/core/authorization/Policy"
import * as Principal from "@keystead/core/domain/Principal"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Credential } from "./Credentials.ts"

const text = (most: number, what: string) =>
  Schema.String.check(
    Schema.makeFilter((value: string) => value.length > 0 && value.length <= most || `Expected ${what}`)
  )

const isDate = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) && !Number.isNaN(Date.parse(value))

const accessKey = () =>
  Schema.Struct({
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

/** Made when it is first needed: a Worker is to start soon. */
const decoder = () =>
  Schema.decodeUnknownResult(Schema.Struct({ accessKeys: Schema.Array(accessKey()) }), {
    errors: "all",
    onExcessProperty: "error"
  })

type AccessKey = ReturnType<typeof accessKey>["Type"]

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

/** Reads such a text. Fails with what is wrong with it, which quotes no secret. */
export const parseAccessKeys = (text: string): Result.Result<AccessKeys, string> =>
  Result.gen(function*() {
    const json = yield* parseJson(text)
    const { accessKeys } = yield* Result.mapError(
      decoder()(json),
      ({ message }) => message.replaceAll(/\s*\n\s*/g, " ")
    )
    const found = new Map<string, Credential>()
    for (const [index, key] of accessKeys.entries()) {
      if (found.has(key.accessKeyId)) return yield* Result.fail(`accessKeys ${index}: its accessKeyId is there twice`)
      const credential = credentialOf(key)
      found.set(key.accessKeyId, yield* Result.mapError(credential, (problem) => `accessKeys ${index}: ${problem}`))
    }
    return found
  })
