/** The parts of a Wycheproof file (C2SP/wycheproof, `testvectors_v1`) that every kind of test shares. */
import * as Schema from "effect/Schema"
import { readFileSync } from "node:fs"

const Test = Schema.StructWithRest(
  Schema.Struct({
    tcId: Schema.Int,
    comment: Schema.String,
    result: Schema.Literals(["valid", "invalid", "acceptable"])
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
/** One test: its number, what it is about, what must come of it, and the members of its algorithm. */
export type Test = typeof Test.Type

const Group = Schema.StructWithRest(
  Schema.Struct({ tests: Schema.Array(Test) }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
/** Tests that share their parameters, such as `keySize`, in bits. */
export type Group = typeof Group.Type

const File = Schema.fromJsonString(Schema.Struct({ algorithm: Schema.String, testGroups: Schema.Array(Group) }))
/** A whole file. */
export type File = typeof File.Type

const decode = Schema.decodeUnknownSync(File)

/** Reads a file of test vectors, or throws what is wrong with it. */
export const read = (path: string): File => decode(readFileSync(path, "utf8"))

/** A text among the members of a test or a group. */
export const text = (of: Test | Group, name: string): string => {
  const value = of[name]
  if (typeof value !== "string") throw new Error(`There is no text "${name}"`)
  return value
}

/** A hexadecimal member of a test or a group. */
export const bytes = (of: Test | Group, name: string): Uint8Array => Uint8Array.from(Buffer.from(text(of, name), "hex"))

/** Whether a member is there, and is not an empty text. */
export const has = (of: Test | Group, name: string): boolean => of[name] !== undefined && of[name] !== ""

/** A number among the members of a test or a group. */
export const number = (of: Test | Group, name: string): number => {
  const value = of[name]
  if (typeof value !== "number") throw new Error(`There is no number "${name}"`)
  return value
}
