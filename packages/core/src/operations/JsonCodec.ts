/**
 * Requests and replies as JSON, derived from an operation's schemas: blobs are base64, timestamps are numbers of
 * seconds since 1970, and everything else is itself. Source: Smithy's AWS JSON 1.1 protocol; kms-semantics 2.1.
 *
 * Nothing is validated here beyond what cannot be read at all: `Kms.execute` does it, for every surface alike.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import { type Wire, wireAnnotation } from "../domain/Members.ts"
import { SerializationException } from "../Errors.ts"
import type { Json } from "../storage/Storage.ts"

/** A request or reply as a value, and as JSON. */
export interface JsonCodec {
  /**
   * The value of a parsed JSON text. Members that the schema does not know, and those that are null, are left out, as
   * AWS does. SerializationException if it is no object, or a member's text or number cannot be read.
   */
  readonly decode: (json: unknown) => Result.Result<object, SerializationException>
  /** The JSON of a value of the schema's type; an empty object for a reply that says nothing. */
  readonly encode: (value: unknown) => Json
}

/** How one value is changed on its way; what cannot be read is noted in `problems`. */
interface Conversion {
  readonly fromJson: (json: unknown, path: string, problems: Array<string>) => unknown
  readonly toJson: (value: unknown) => unknown
}

type Leaf = Exclude<Wire, "list">

const conversions: { readonly [W in Leaf]: Conversion } = {
  blob: {
    fromJson: (json, path, problems) => {
      const bytes = typeof json === "string" ? Base64.decode(json) : undefined
      if (bytes !== undefined && Result.isSuccess(bytes)) return bytes.success
      problems.push(`'${path}' must be base64 text`)
      return undefined
    },
    toJson: (value) => value instanceof Uint8Array ? Base64.encode(value) : value
  },
  timestamp: {
    fromJson: (json, path, problems) => {
      const date = new Date(typeof json === "number" ? Math.round(json * 1000) : Number.NaN)
      if (!Number.isNaN(date.getTime())) return date
      problems.push(`'${path}' must be a number of seconds since 1970`)
      return undefined
    },
    toJson: (value) => value instanceof Date ? value.getTime() / 1000 : value
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

type Members = ReadonlyArray<readonly [name: string, conversion: Conversion | undefined]>

/** The members that are there, each converted; `absent` is what counts as not being there. */
const convert = (
  members: Members,
  from: object,
  absent: null | undefined,
  conversion: (inner: Conversion, value: unknown, name: string) => unknown
): object => {
  const to: Record<string, unknown> = {}
  for (const [name, inner] of members) {
    const value: unknown = Object.hasOwn(from, name) ? Reflect.get(from, name) : absent
    if (value !== absent) to[name] = inner === undefined ? value : conversion(inner, value, name)
  }
  return to
}

const structure = (members: Members): Conversion => ({
  fromJson: (json, path, problems) =>
    isObject(json)
      ? convert(members, json, null, (inner, value, name) =>
        inner.fromJson(value, `${path}${path && "."}${name}`, problems))
      : json,
  toJson: (value) => isObject(value) ? convert(members, value, undefined, (inner, value) => inner.toJson(value)) : value
})

const list = (item: Conversion): Conversion => ({
  fromJson: (json, path, problems) =>
    Array.isArray(json) ? json.map((value, index) => item.fromJson(value, `${path}[${index}]`, problems)) : json,
  toJson: (value) => Array.isArray(value) ? value.map(item.toJson) : value
})

const isLeaf = (annotation: unknown): annotation is Leaf =>
  typeof annotation === "string" && Object.hasOwn(conversions, annotation)

/** What to do with values of this schema; undefined if nothing. Maps are of strings only, and so stay as they are. */
const compile = (ast: SchemaAST.AST): Conversion | undefined => {
  const wire = ast.annotations?.[wireAnnotation]
  if (isLeaf(wire)) return conversions[wire]
  switch (ast._tag) {
    case "Objects":
      return structure(ast.propertySignatures.map(({ name, type }) => [String(name), compile(type)]))
    case "Declaration": {
      // A list of these, or one of these that may be left out.
      const inner = ast.typeParameters[0] && compile(ast.typeParameters[0])
      return inner && wire === "list" ? list(inner) : inner
    }
    default:
      return undefined
  }
}

const notAnObject = () => new SerializationException({ message: "The request must be a JSON object." })

/** The codec of an operation's input or output. Make it once: it walks through the whole schema. */
export const of = (schema: Schema.Constraint): JsonCodec => {
  const conversion = compile(schema.ast) ?? structure([])
  function encode(value: unknown): Json
  function encode(value: unknown): unknown {
    return value === undefined ? {} : conversion.toJson(value)
  }
  return {
    decode: (json) => {
      const problems: Array<string> = []
      const value = conversion.fromJson(json, "", problems)
      if (!isObject(value)) return Result.fail(notAnObject())
      return problems.length === 0
        ? Result.succeed(value)
        : Result.fail(new SerializationException({ message: `The request cannot be read: ${problems.join("; ")}.` }))
    },
    encode
  }
}
