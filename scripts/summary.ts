/**
 * The last line of `.ci/run`: `N passed, N failed, N skipped`, summed over Vitest's JSON report and the closing line of
 * the vectors' run, where there was one. Fails if nothing passed or anything failed.
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

const vectorsOf = (path: string): Tally => {
  const closing = [...readFileSync(path, "utf8").matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1)
  if (closing === undefined) throw new Error(`${path} has no closing line: the vectors' run did not end`)
  const [, passed, failed, skipped] = closing.map(Number)
  return { passed: passed ?? 0, failed: failed ?? 0, skipped: skipped ?? 0 }
}

const vectors = `${root}/reports/vectors.txt`
const tallies = [testsOf(`${root}/reports/tests.json`), ...existsSync(vectors) ? [vectorsOf(vectors)] : []]
const sum = (count: keyof Tally): number => tallies.reduce((total, tally) => total + tally[count], 0)

console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`)
if (sum("passed") === 0 || sum("failed") > 0) process.exitCode = 1
