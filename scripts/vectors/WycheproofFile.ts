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

/** A hexadecimal member of a test. */
export const bytes = (test: Test, name: string): Uint8Array => {
  const text = test[name]
  if (typeof text !== "string") throw new Error(`Test ${test.tcId} has no text "${name}"`)
  return Uint8Array.from(Buffer.from(text, "hex"))
}

/** A number among the members of a test or a group. */
export const number = (of: Test | Group, name: string): number => {
  const value = of[name]
  if (typeof value !== "number") throw new Error(`There is no number "${name}"`)
  return value
}
