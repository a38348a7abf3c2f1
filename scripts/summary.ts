/**
 * The last lines of `.ci/run`: each test that failed, with the first lines of why, and `N passed, N failed, N skipped`,
 * summed over Vitest's JSON reports (Node's and Bun's) and the closing lines of the runs of vectors and clients, where there
 * were such. Fails if nothing passed or anything failed.
 */
import { existsSync, readFileSync } from "node:fs"
import { relative } from "node:path"
import { root } from "./workspaces.ts"

interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** What the script reads of Vitest's JSON report. */
interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: ReadonlyArray<{
    readonly name: string
    readonly assertionResults: ReadonlyArray<{
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: ReadonlyArray<string>
    }>
  }>
}

/** How much of a failure is shown: a property's counterexample, seed and path come first. */
const shownLines = 12

const showFailed = ({ testResults }: Report): void => {
  for (const { assertionResults, name } of testResults) {
    for (const { failureMessages = [], fullName, status } of assertionResults) {
      if (status !== "failed") continue
      console.log(`✗ ${relative(root, name)}: ${fullName}`)
      for (const line of failureMessages.join("\n").split("\n").slice(0, shownLines)) {
        console.log(`    ${line.slice(0, 300)}`)
      }
    }
  }
}

const testsOf = (path: string): Tally => {
  const report: Report = JSON.parse(readFileSync(path, "utf8"))
  showFailed(report)
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests
  }
}

const closingOf = (path: string): Tally => {
  const closing = [...readFileSync(path, "utf8").matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)
  if (closing === undefined) throw new Error(`${path} has no closing line: that run did not end`)
  const [, passed, failed, skipped] = closing.map(Number)
  return { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 }
}

const others = ["vectors", "clients"].map((name) => `${root}/reports/${name}.txt`).filter((path) => existsSync(path))
const reports = ["tests", "bun"].map((name) => `${root}/reports/${name}.json`).filter((path) => existsSync(path))
const tallies = [...reports.map(testsOf), ...others.map(closingOf)]
const sum = (count: keyof Tally): number => tallies.reduce((total, tally) => total + tally[count], 0)

console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`)
if (sum("passed") === 0 || sum("failed") > 0) process.exitCode = 1
