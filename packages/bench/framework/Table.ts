/** Results as a table: for a terminal, and for docs/performance.md. */
import { met, type Result } from "./Result.ts"

const figure = (value: number): string => value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3)

const verdict = (result: Result): string => {
  const reached = met(result)
  return reached === null ? "" : reached ? "met" : "MISSED"
}

const target = ({ target }: Result): string =>
  target === null ? "" : `${target.bound === "at least" ? "≥" : "≤"} ${target.number}`

const heads = ["", "value", "unit", "against", "ratio", "target", ""]

const cells = (result: Result): ReadonlyArray<string> => [
  result.name,
  figure(result.value),
  result.unit,
  result.against ?? "",
  result.ratio === null ? "" : result.ratio.toFixed(2),
  target(result),
  verdict(result)
]

/** Columns of numbers stand to the right. */
const isNumber = (column: number): boolean => column === 1 || column === 4

const rowsOf = (results: ReadonlyArray<Result>): ReadonlyArray<ReadonlyArray<string>> => {
  const rows = [heads, ...results.map(cells)]
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row.map((cell, column) => isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))
  )
}

/** For a terminal. */
export const plain = (results: ReadonlyArray<Result>): string =>
  rowsOf(results).map((row) => row.join("  ").trimEnd()).join("\n")

/** For a Markdown document. */
export const markdown = (results: ReadonlyArray<Result>): string => {
  const [head = [], ...rows] = rowsOf(results)
  const rule = head.map((cell, column) =>
    isNumber(column) ? `${"-".repeat(cell.length - 1)}:` : "-".repeat(cell.length)
  )
  return [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n")
}
