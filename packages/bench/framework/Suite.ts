/** A suite is one file of `suites/`, which exports `suite`; its file's name is the name to run it by. */
import type { Result } from "./Result.ts"

export interface Suite {
  /** The heading of its section in docs/performance.md. */
  readonly title: string
  /** What is measured, against what, and how: Markdown, one string a paragraph. */
  readonly about: ReadonlyArray<string>
  /** Measures. It runs in a process of its own, started with `--expose-gc`. */
  readonly run: () => Promise<ReadonlyArray<Result>>
}
