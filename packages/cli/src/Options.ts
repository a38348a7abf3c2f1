/** Options and arguments that several commands share. */
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { UsageError } from "./Errors.ts"
import * as Input from "./files/Input.ts"

/** The KMS key that a command is about. */
export const key = Argument.String("key").pipe(
  Argument.withDescription("Key id, key ARN, alias name (alias/…) or alias ARN")
)

/** An alias name; `alias/` may be left out. */
export const aliasName = (name: string): string => name.startsWith("alias/") ? name : `alias/${name}`

/** Pairs, each given by an option of its own. */
export const pairs = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("KEY=VALUE"), Flag.withDescription(description), Flag.atLeast(0))

/** Reads `KEY=VALUE` options; the value may be empty and may hold `=`. UsageError if a key is missing or given twice. */
export const readPairs = (option: string, given: ReadonlyArray<string>) => {
  const pairs = new Map<string, string>()
  for (const text of given) {
    const separator = text.indexOf("=")
    const key = text.slice(0, Math.max(0, separator))
    if (key === "") return Effect.fail(new UsageError({ message: `--${option} takes KEY=VALUE.` }))
    if (pairs.has(key)) {
      return Effect.fail(new UsageError({ message: `--${option} gives ${JSON.stringify(key)} twice.` }))
    }
    pairs.set(key, text.slice(separator + 1))
  }
  return Effect.succeed(pairs)
}

/** A file, which shells complete; `-` is a pipe, though Effect makes each path absolute. */
export const file = (name: string, description: string) =>
  Flag.Path(name).pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription(description),
    Flag.map((path) => path === resolve(Input.pipe) ? Input.pipe : path)
  )

/** Where bytes come from. */
export const input = file("in", "The file to read; - for standard input")

/** Where bytes go. */
export const output = file("out", "The file to write, which appears when it is complete; - for standard output")
