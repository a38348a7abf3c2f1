/**
 * The last line of `.ci/run`: `N passed, N failed, N skipped`, summed over Vitest's JSON report and the closing lines of
 * the runs of vectors and clients, where there were such. Fails if nothing passed or anything failed.
 */
import { existsSync, readFileSync } from "node:fs"
import { root } from "./workspaces.ts"

interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

const testsOf = (path: string): Tally => {
  const report = JSON.parse(readFileSync(path, "utf8"))
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
const tallies = [testsOf(`${root}/reports/tests.json`), ...others.map(closingOf)]
const sum = (count: keyof Tally): number => tallies.reduce((total, tally) => total + tally[count], 0)

console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`)
if (sum("passed") === 0 || sum("failed") > 0) process.exitCode = 1
