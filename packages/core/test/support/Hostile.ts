/**
 * Requests that nobody should make: values of an operation's own shape, derived from its schema, and in their place values
 * of any other: too long, too deep, half of a surrogate pair, `__proto__`.
 */
import { wireAnnotation } from "@keystead/core/domain/Members"
import type * as SchemaAST from "effect/SchemaAST"
import * as fc from "fast-check"

/** Whether requests are JSON, or what a program in the same process has. */
export type Form = "json" | "value"

const megabyte = "x".repeat(2 ** 20)

const nested = (depth: number, wrap: (inner: unknown) => unknown): unknown => {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = wrap(value)
  return value
}

const deepLists = nested(50_000, (inner) => [inner])
const deepObjects = nested(50_000, (inner) => ({ a: inner }))

/** What JSON makes of a member of this name: an own member, and no prototype. */
const polluting: unknown = JSON.parse(
  `{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}`
)

/** Texts that something could be made of that it should not. */
const texts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    megabyte,
    "\ud800",
    "a\udfff",
    "\u0000",
    "__proto__",
    "constructor",
    "toString",
    "../../key",
    "alias/",
    "alias/aws/s3",
    "alias/__proto__",
    "key/x",
    "arn:aws:kms:eu-west-1:111122223333:key/",
    "arn:aws:kms:eu-west-1:111122223333:alias/x",
    "arn:aws:kms:::",
    "mrk-00000000000000000000000000000000",
    "{}",
    "[".repeat(10_000),
    `{"Statement":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    `{"Statement":{"Effect":"Allow","Principal":{"__proto__":"*"},"Action":"kms:*","Resource":"*"}}`,
    `{"Statement":{"Effect":"Deny","Principal":"*","Action":${"[".repeat(999)}${"]".repeat(999)},"Resource":"*"}}`
  )
)

const anything = (form: Form): fc.Arbitrary<unknown> =>
  fc.oneof(
    texts,
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -0,
      -1,
      1.5,
      2 ** 53,
      1e308,
      deepLists,
      deepObjects,
      polluting,
      [],
      {}
    ),
    fc.double(form === "json" ? { noNaN: true, noDefaultInfinity: true } : {}),
    fc.jsonValue(),
    fc.array(texts, { maxLength: 3 }),
    fc.dictionary(fc.oneof(texts, fc.constant("__proto__")), texts, { maxKeys: 3 }),
    form === "json" ? fc.constant(null) : fc.constantFrom<unknown>(
      undefined,
      Number.NaN,
      Infinity,
      1n,
      Symbol.iterator,
      new Date(Number.NaN),
      new Map(),
      new Uint8Array(0),
      new Uint8Array(2 ** 20),
      Object.create(null),
      new Uint16Array(3),
      () => 1
    )
  )

const enumOf = (message: unknown): ReadonlyArray<string> =>
  typeof message === "string" ? /enum value set: \[(.*)\]$/.exec(message)?.[1]?.split(", ") ?? [] : []

const bytes = (form: Form) =>
  fc.uint8Array({ maxLength: 80 }).map((bytes) => form === "json" ? Buffer.from(bytes).toString("base64") : bytes)

const moments = (form: Form) =>
  fc.integer({ min: -1_000_000, max: 4_000_000_000 }).map((time) => form === "json" ? time : new Date(time * 1000))

const leaf = (annotations: SchemaAST.AST["annotations"]): fc.Arbitrary<unknown> => {
  const message = annotations?.["message"]
  const names = enumOf(message)
  if (names.length > 0) return fc.constantFrom(...names)
  if (message === "Member must be a number") return fc.oneof(fc.integer({ min: -2, max: 40 }), fc.integer())
  return message === "Member must be a map of strings" ? fc.dictionary(texts, texts, { maxKeys: 3 }) : texts
}

/** Values of the right shape: whether they are what the operation takes is another matter. */
const shaped = (ast: SchemaAST.AST, form: Form): fc.Arbitrary<unknown> => {
  const wire = ast.annotations?.[wireAnnotation]
  if (wire === "blob") return bytes(form)
  if (wire === "timestamp") return moments(form)
  if (ast._tag === "Objects") return fc.record(membersOf(ast, form), { requiredKeys: [] })
  if (ast._tag === "Boolean") return fc.boolean()
  const [inner] = ast._tag === "Declaration" ? ast.typeParameters : []
  if (inner === undefined) return leaf(ast.annotations)
  return wire === "list" ? fc.array(shaped(inner, form), { maxLength: 3 }) : shaped(inner, form)
}

const membersOf = (ast: SchemaAST.AST, form: Form): Record<string, fc.Arbitrary<unknown>> =>
  Object.fromEntries(
    ast._tag === "Objects"
      ? ast.propertySignatures.map(({ name, type }) => [String(name), shaped(type, form)] as const)
      : []
  )

/** A piece of bytes with one bit changed, cut, or doubled. */
const bent = (value: unknown, at: number): unknown => {
  if (typeof value === "string") {
    return value.slice(0, at % (value.length + 1)) + value.slice((at % (value.length + 1)) + 1)
  }
  if (!(value instanceof Uint8Array) || value.length === 0) return value
  return value.with(at % value.length, (value[at % value.length] ?? 0) ^ 1)
}

/**
 * Requests to an operation of this input: some that it would carry out (`fitting`) with some members exchanged for others,
 * some of the right shape only, and some of none.
 */
export const requests = (ast: SchemaAST.AST, fitting: object, form: Form): fc.Arbitrary<unknown> => {
  const members = membersOf(ast, form)
  const names = [...Object.keys(members), "__proto__", "Unknown"]
  const exchange = fc.array(
    fc.record({
      name: fc.constantFrom(...names),
      how: fc.oneof(
        anything(form).map((value) => ({ value })),
        fc.constant("shaped" as const),
        fc.constant("bent" as const),
        fc.constant("left out" as const)
      ),
      at: fc.nat()
    }),
    { maxLength: 3 }
  )
  const right = fc.record(members, { requiredKeys: [] })
  const changed = fc.tuple(right, exchange).map(([other, exchanges]) => {
    const request = new Map<string, unknown>(Object.entries(fitting).filter(([name]) => Object.hasOwn(members, name)))
    for (const { at, how, name } of exchanges) {
      if (how === "left out") request.delete(name)
      else if (how === "bent") request.set(name, bent(request.get(name), at))
      else if (how === "shaped" && Object.hasOwn(other, name)) request.set(name, Reflect.get(other, name))
      else if (typeof how === "object") request.set(name, how.value)
    }
    // Not an assignment: `__proto__` is a member like any other, as JSON makes it.
    return Object.fromEntries(request)
  })
  return fc.oneof({ weight: 6, arbitrary: changed }, { weight: 3, arbitrary: right }, {
    weight: 1,
    arbitrary: anything(form)
  })
}
