/** The table client × step, and what there is to say about it. */
import { inspect } from "node:util"
import type { Outcome, World } from "../story/World.ts"

const signs = { passed: "✓", failed: "✗" }

const sign = (outcome: Outcome | undefined): string => outcome === undefined ? "" : signs[outcome.kind]

/** A row for each step, in the order in which they were told. */
export const table = (worlds: ReadonlyArray<World>): string => {
  const titles = [...new Set(worlds.flatMap(({ outcomes }) => [...outcomes.keys()]))]
  const width = Math.max(...titles.map(({ length }) => length))
  const names = worlds.map(({ client }) => client.name)
  const line = (title: string, cells: ReadonlyArray<string>) =>
    `  ${title.padEnd(width)}  ${cells.map((cell, at) => cell.padEnd(names[at]?.length ?? 0)).join("  ")}`.trimEnd()
  return [
    line("", names),
    line("─".repeat(width), names.map(({ length }) => "─".repeat(length))),
    ...titles.map((title) => line(title, worlds.map(({ outcomes }) => sign(outcomes.get(title)))))
  ].join("\n")
}

/** What failed, with the reason. */
export const failures = (worlds: ReadonlyArray<World>): ReadonlyArray<string> =>
  worlds.flatMap(({ client, outcomes }) =>
    [...outcomes].flatMap(([title, outcome]) =>
      outcome.kind === "passed" ? [] : [`FAILED, ${client.name}: ${title}\n${inspect(outcome.error)}`]
    )
  )

/** How many steps ended so. */
export const count = (worlds: ReadonlyArray<World>, kind: Outcome["kind"]): number =>
  worlds.reduce(
    (sum, { outcomes }) => sum + [...outcomes.values()].filter((outcome) => outcome.kind === kind).length,
    0
  )
