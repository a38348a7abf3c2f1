/**
 * Policy documents: read, checked and compiled once, evaluated often.
 *
 * Source: IAM User Guide, "Grammar of the IAM JSON policy language"; AWS KMS API Reference, PutKeyPolicy.
 */
import * as Result from "effect/Result"
import { LimitExceededException, MalformedPolicyDocumentException } from "../Errors.ts"
import * as Utf8 from "../Utf8.ts"
import { elements, members, quote } from "./Json.ts"
import { compile, type PolicyKind, type Statement } from "./Statement.ts"

/** A compiled policy: of a key, where nothing else is said. Statements without an effect are left out. */
export interface PolicyDocument<Kind extends PolicyKind = "KeyPolicy"> {
  /** The two kinds must not stand for each other: what one says of principals, the other leaves out. */
  readonly kind: Kind
  /** As it was given. `Describe` reads it again for those who ask why. */
  readonly text: string
  readonly denials: ReadonlyArray<Statement>
  readonly allowances: ReadonlyArray<Statement>
}

/** What can be wrong with the text of a policy. */
export type PolicyError = MalformedPolicyDocumentException | LimitExceededException

/** The longest policy, in bytes of UTF-8 (AWS KMS quotas, "Key policy document size"). */
export const longestPolicy = 32_768

const malformed = (message: string) => new MalformedPolicyDocumentException({ message })

/** The characters that the API model allows. */
const allowedCharacters = /^[\t\n\r\u0020-\u00ff]+$/

const checkText = (text: string): Result.Result<void, PolicyError> => {
  if (text === "") return Result.fail(malformed("The policy is empty."))
  if (text.length > longestPolicy || Utf8.encode(text).length > longestPolicy) {
    return Result.fail(
      new LimitExceededException({ message: `The policy is longer than ${longestPolicy} bytes. Shorten it.` })
    )
  }
  return allowedCharacters.test(text)
    ? Result.succeed(undefined)
    : Result.fail(
      malformed("The policy has a character outside U+0020 to U+00FF. Write it as a JSON escape, as \\u2026.")
    )
}

const known: ReadonlySet<string> = new Set(["Version", "Id", "Statement"])

const compileDocument = <Kind extends PolicyKind>(
  text: string,
  json: unknown,
  kind: Kind
): Result.Result<PolicyDocument<Kind>, string> =>
  Result.gen(function*() {
    const document = members(json)
    if (document === undefined) return yield* Result.fail("The policy must be a JSON object.")
    for (const name of document.keys()) {
      if (!known.has(name)) return yield* Result.fail(`${quote(name)} is no element of a policy.`)
    }
    const version = document.has("Version") ? document.get("Version") : "2008-10-17"
    if (version !== "2012-10-17" && version !== "2008-10-17") {
      return yield* Result.fail(`Version must be "2012-10-17" or "2008-10-17".`)
    }
    if (document.has("Id") && typeof document.get("Id") !== "string") return yield* Result.fail("Id must be a string.")
    const list = document.has("Statement") ? elements(document.get("Statement")) : []
    if (list.length === 0) return yield* Result.fail("The policy needs at least one Statement.")
    const statements: Array<Statement> = []
    for (const [index, element] of list.entries()) {
      const statement = yield* compile(element, index, kind, version === "2012-10-17")
      if (statement !== undefined) statements.push(statement)
    }
    return {
      kind,
      text,
      denials: statements.filter(({ effect }) => effect === "Deny"),
      allowances: statements.filter(({ effect }) => effect === "Allow")
    }
  })

const parse = <Kind extends PolicyKind>(text: string, kind: Kind): Result.Result<PolicyDocument<Kind>, PolicyError> =>
  Result.gen(function*() {
    yield* checkText(text)
    // The parser's own message quotes the text: leave it out.
    const json = yield* Result.try({
      try: (): unknown => JSON.parse(text),
      catch: () => malformed("The policy is not valid JSON.")
    })
    return yield* Result.mapError(compileDocument(text, json, kind), malformed)
  })

/**
 * Reads a key policy. Every statement names its Principal; one without Action or Resource is taken and has no effect.
 *
 * MalformedPolicyDocumentException says which statement is wrong and how; LimitExceededException means that the text is
 * longer than {@link longestPolicy}. Neither quotes more of it than names.
 */
export const parseKeyPolicy = (text: string): Result.Result<PolicyDocument, PolicyError> => parse(text, "KeyPolicy")

/** Reads a policy of a user, role or session. Its statements have an Action and a Resource, and no Principal. */
export const parseIdentityPolicy = (text: string): Result.Result<PolicyDocument<"IdentityPolicy">, PolicyError> =>
  parse(text, "IdentityPolicy")
