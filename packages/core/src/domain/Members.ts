/**
 * Building blocks for the members of requests: schemas whose failures carry the constraint in the words that AWS uses,
 * so that `Validation.ts` can make AWS's ValidationException out of them.
 *
 * They declare by a test of their own what Effect has ready-made schemas for: those know their JSON as well, and bring the
 * conversions, unions and literals for it into every bundle, where `operations/JsonCodec.ts` does it.
 */
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as Utf8 from "../Utf8.ts"
import { encryptionAlgorithms } from "./Specs.ts"

/** Inclusive bounds; an absent one does not bind. */
export interface Bounds {
  readonly min?: number
  readonly max?: number
}

const filter = <A>(test: (value: A) => boolean, message: string) => Schema.makeFilter(test, { message })

const lengthChecks = (bounds: Bounds) =>
  [
    filter(
      (value: { readonly length: number }) => value.length >= (bounds.min ?? 0),
      atLeast("have length", bounds.min)
    ),
    filter(
      (value: { readonly length: number }) => value.length <= (bounds.max ?? Infinity),
      atMost("have length", bounds.max)
    )
  ] as const

const atLeast = (what: string, min: number | undefined) => `Member must ${what} greater than or equal to ${min}`
const atMost = (what: string, max: number | undefined) => `Member must ${what} less than or equal to ${max}`

const needString = "Member must be a string"
const needUnicode = "Member must be well-formed Unicode"

const string = Schema.String.annotate({ message: needString }).check(filter(Utf8.isWellFormed, needUnicode))

/** Text of a length in UTF-16 code units, as AWS counts. */
export const text = (bounds: Bounds) => string.check(...lengthChecks(bounds))

/** Text that matches the pattern, which is quoted in the failure as AWS's model has it. */
export const patternedText = (bounds: Bounds, pattern: RegExp) =>
  string.check(
    ...lengthChecks(bounds),
    filter((value) => pattern.test(value), `Member must satisfy regular expression pattern: ${pattern.source}`)
  )

/** Kinds of values that JSON has no form for (it carries blobs as base64, and timestamps as epoch seconds), and lists. */
export type Wire = "blob" | "timestamp" | "list"

/** The annotation that says so; `operations/JsonCodec.ts` reads it. */
export const wireAnnotation = "keystead/wire"

const wire = (kind: Wire) => ({ [wireAnnotation]: kind })

/** The constraint of blobs. What was given in place of one may be as secret as one, and is not quoted. */
export const needBytes = "Member must be a Uint8Array"

/** Bytes; base64 in JSON. */
export const blob = (bounds: Bounds) =>
  Schema.declare((value) => value instanceof Uint8Array, { message: needBytes, ...wire("blob") })
    .check(...lengthChecks(bounds))

/** A whole number. */
export const integer = (bounds: Bounds) =>
  Schema.declare((value) => typeof value === "number", { message: "Member must be a number" }).check(
    filter((value) => Number.isSafeInteger(value), "Member must be a whole number"),
    filter((value) => value >= (bounds.min ?? -Infinity), atLeast("have value", bounds.min)),
    filter((value) => value <= (bounds.max ?? Infinity), atMost("have value", bounds.max))
  )

/** One of the names. */
export const oneOf = <const Names extends ReadonlyArray<string>>(names: Names) =>
  Schema.declare(
    (value): value is Names[number] => names.some((name) => name === value),
    { message: `Member must satisfy enum value set: [${names.join(", ")}]` }
  )

/**
 * One of the names, in a reply: what Keystead tells is not checked again, and so the names themselves weigh nothing in a
 * bundle.
 */
export const told = <const Names extends ReadonlyArray<string>>() =>
  Schema.declare((value): value is Names[number] => typeof value === "string")

/** True or false. */
export const flag = Schema.Boolean.annotate({ message: "Member must be a boolean" })

/** A list. Its type is mutable, as AWS SDK's types are; Keystead changes none that it is given. */
export const list = <Item extends Schema.Constraint>(item: Item, bounds: Bounds = {}) =>
  Schema.declareConstructor<Array<Item["Type"]>, Array<Item["Encoded"]>>()(
    [item],
    ([member]) => {
      const parse = SchemaParser.decodeUnknownResult(member)
      return (value, ast, options) => {
        if (!Array.isArray(value)) return Effect.fail(new SchemaIssue.InvalidType(ast, value, options))
        const items: Array<Item["Type"]> = []
        const issues: Array<SchemaIssue.Issue> = []
        for (const [index, one] of value.entries()) {
          const parsed = parse(one, options)
          if (Result.isSuccess(parsed)) items.push(parsed.success)
          else issues.push(new SchemaIssue.Pointer([index], parsed.failure))
        }
        return Arr.isReadonlyArrayNonEmpty(issues)
          ? Effect.fail(new SchemaIssue.Composite(ast, issues, value, options))
          : Effect.succeed(items)
      }
    },
    { message: "Member must be a list", ...wire("list") }
  ).check(...lengthChecks(bounds))

/** A list that is not to be changed. */
export const items = <Item>(item: Schema.ConstraintDecoder<Item>): Schema.ConstraintDecoder<ReadonlyArray<Item>> =>
  list(item)

/** A member that may be left out, or be undefined. What is there instead of its kind fails with the kind's own words. */
export const optional = <S extends Schema.Constraint>(schema: S) =>
  Schema.optionalKey(
    Schema.declareConstructor<S["Type"] | undefined, S["Encoded"] | undefined>()([schema], ([member]) => {
      const parse = SchemaParser.decodeUnknownEffect(member)
      return (value, _ast, options) => value === undefined ? Effect.undefined : parse(value, options)
    })
  )

/** A moment; epoch seconds in JSON, as AWS JSON 1.1 has it. */
export const timestamp = Schema.declare(
  (value): value is Date => value instanceof Date && !Number.isNaN(value.getTime()),
  { message: "Member must be a Date", ...wire("timestamp") }
)

// --- Members that many operations share ---

/** Names a KMS key: id or ARN, and where the operation allows it an alias name or alias ARN. */
export const keyId = text({ min: 1, max: 2048 })

const pairIssue = (key: string, message: string) =>
  new SchemaIssue.Pointer([key], new SchemaIssue.InvalidValue({ message }))

/** Pairs that are bound to a ciphertext, and must be given again to decrypt it. */
export const encryptionContext = Schema.declareConstructor<Record<string, string>, Record<string, string>>()(
  [],
  () => (value, ast, options) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return Effect.fail(new SchemaIssue.InvalidType(ast, value, options))
    }
    const pairs: Array<[string, string]> = []
    const issues: Array<SchemaIssue.Issue> = []
    for (const [key, text] of Object.entries(value)) {
      if (typeof text !== "string") issues.push(pairIssue(key, needString))
      else if (!Utf8.isWellFormed(key) || !Utf8.isWellFormed(text)) issues.push(pairIssue(key, needUnicode))
      else pairs.push([key, text])
    }
    return Arr.isReadonlyArrayNonEmpty(issues)
      ? Effect.fail(new SchemaIssue.Composite(ast, issues, value, options))
      : Effect.succeed(Object.fromEntries(pairs))
  },
  { message: "Member must be a map of strings" }
)

/** Tokens of grants that are not yet in force everywhere. */
export const grantTokens = list(text({ min: 1, max: 8192 }), { min: 0, max: 10 })

/** How to encrypt under a symmetric KMS key. */
export const encryptionAlgorithm = oneOf(encryptionAlgorithms)

/** The attestation document of a Nitro enclave, to which the reply is then encrypted. */
export const recipient = Schema.Struct({
  KeyEncryptionAlgorithm: optional(oneOf(["RSAES_OAEP_SHA_256"])),
  AttestationDocument: optional(blob({ min: 1, max: 262144 }))
})

/** At most so many entries on a page. */
export const limit = (max: number) => optional(integer({ min: 1, max }))

/** Where the page before ended: its reply's NextMarker. */
export const marker = optional(patternedText({ min: 1, max: 1024 }, /^[\u0020-\u00FF]*$/))

/** A tag. The service itself checks what is reserved or given twice. */
export const tag = Schema.Struct({
  TagKey: text({ min: 1, max: 128 }),
  TagValue: text({ min: 0, max: 256 })
})
