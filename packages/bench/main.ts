/**
 * `npm run bench [-- SUITE…] [--json FILE] [--write]`: measures, and prints a table of ratios for each suite.
 *
 * `--json FILE` writes all results, `--write` puts them into docs/performance.md. It ends with 0 even when a target is
 * missed, which the last lines say: figures of a machine that does other things too are no reason to stop anything.
 */
import { fork } from "node:child_process"
import { once } from "node:events"
import { readdirSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { write } from "./framework/Document.ts"
import { describeMachine } from "./framework/Machine.ts"
import { met, type Result, toJson } from "./framework/Result.ts"
import type { Suite } from "./framework/Suite.ts"
import { plain } from "./framework/Table.ts"

const names = readdirSync(new URL("suites", import.meta.url))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length))

/** Suites that need more than npm's registry: they run only when they are named. */
const apart = ["http"]

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "string" }, write: { type: "boolean", default: false } }
})

const unknown = positionals.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(", ")}. The suites are ${names.join(", ")}.`)
  process.exit(2)
}

const measured = async (name: string): Promise<ReadonlyArray<Result>> => {
  const child = fork(new URL("framework/Child.ts", import.meta.url), [name], { execArgv: ["--expose-gc"] })
  const gone = once(child, "exit").then(([code, signal]) => {
    throw new Error(`The suite ${name} ended with ${code ?? signal} before it had results`)
  })
  const [results] = await Promise.race([once(child, "message"), gone])
  return results
}

console.log(`${describeMachine()}\n`)
const all: Array<Result> = []
for (const name of positionals.length === 0 ? names.filter((name) => !apart.includes(name)) : positionals) {
  const { suite }: { readonly suite: Suite } = await import(`./suites/${name}.ts`)
  const results = await measured(name)
  console.log(`${suite.title}\n${plain(results)}\n`)
  if (values.write) write(name, suite, results)
  all.push(...results)
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all.map(toJson), null, 2)}\n`)

const missed = all.filter((result) => met(result) === false)
const bound = all.filter((result) => met(result) !== null)
console.log(`${bound.length - missed.length} of ${bound.length} targets met`)
for (const { name } of missed) console.log(`MISSED: ${name}`)
