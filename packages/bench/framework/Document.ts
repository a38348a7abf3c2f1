/** The generated sections of docs/performance.md: one a suite, each rewritten by a run with `--write`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { describeMachine } from "./Machine.ts"
import type { Result } from "./Result.ts"
import type { Suite } from "./Suite.ts"
import { markdown } from "./Table.ts"

const path = new URL("../../../docs/performance.md", import.meta.url)

const begin = (name: string): string => `<!-- bench ${name}: written by npm run bench -- ${name} --write -->`
const end = (name: string): string => `<!-- end of bench ${name} -->`

const section = (name: string, { about, title }: Suite, results: ReadonlyArray<Result>): string =>
  [
    begin(name),
    `## ${title}`,
    ...about,
    `Measured on: ${describeMachine()}.`,
    markdown(results),
    end(name)
  ].join("\n\n")

/** Puts the suite's results into its section, at the document's end if it has none yet. */
export const write = (name: string, suite: Suite, results: ReadonlyArray<Result>): void => {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "# Performance\n"
  const [start, stop] = [text.indexOf(begin(name)), text.indexOf(end(name))]
  const made = section(name, suite, results)
  writeFileSync(
    path,
    start < 0 || stop < 0
      ? `${text.trimEnd()}\n\n${made}\n`
      : text.slice(0, start) + made + text.slice(stop + end(name).length)
  )
}
