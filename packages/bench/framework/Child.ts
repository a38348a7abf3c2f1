/**
 * Runs one suite, named on the command line, and sends its results to the process that forked it. Each suite gets a
 * process of its own, so that no suite runs on code that another one has made the engine compile for its own sake.
 */
import type { Suite } from "./Suite.ts"

const { suite }: { readonly suite: Suite } = await import(`../suites/${process.argv[2]}.ts`)
process.send?.(await suite.run())
