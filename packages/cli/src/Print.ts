/** What goes to standard output: JSON for machines, text for people. */
import type { Json as JsonValue } from "@keystead/core/storage/Storage"
import * as CliOutput from "effect/cli/CliOutput"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { Json } from "./Settings.ts"

/** A cell of a table: names and descriptions may hold anything. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ")

/** Text that does not steer the terminal. */
const safe = (text: string): string => text.replaceAll(/(?!\n)\p{Cc}/gu, "�")

/** Rows under headings, in columns as wide as they must be. */
export const table = (headings: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const lines = [headings, ...rows.map((row) => row.map(oneLine))]
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => CliOutput.displayWidth(line[column] ?? "")))
  )
  const pad = (cell: string, column: number) =>
    cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - CliOutput.displayWidth(cell)))
  return lines.map((line) => line.map(pad).join("  ").trimEnd()).join("\n")
}

/** Names and values, one pair a line. */
export const pairs = (entries: ReadonlyArray<readonly [name: string, value: string]>): string => {
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(([name, value]) => `${name.padEnd(width)}  ${oneLine(value)}`.trimEnd()).join("\n")
}

/** JSON as it is always written. */
export const json = (value: JsonValue): string => JSON.stringify(value, null, 2)

/** Answers in the way that was asked for. */
export const answer = Effect.fnUntraced(function*(forMachines: JsonValue, forPeople: string) {
  yield* Console.log((yield* Json) ? json(forMachines) : safe(forPeople))
})
