/**
 * `npm run trace`: the trace of `packages/conformance` in every runtime, by the core's primitives and by the host's, and
 * whether all give the same digest. Where one does not, the first call that differs is printed, and the exit code is 1.
 *
 * `-- --json FILE` writes `[{ runtime, layer, operations, digest }]`, `-- --calls N` makes other than 10,000 calls.
 */
import { defaultCalls } from "@keystead/conformance/trace/Trace"
import { writeFile } from "node:fs/promises"
import { parseArgs } from "node:util"
import { runtimes } from "../packages/conformance/test/hosts/Runtimes.ts"
import { traceIn } from "../packages/conformance/test/hosts/Table.ts"

const { values } = parseArgs({ options: { json: { type: "string" }, calls: { type: "string" } } })

const { differences, lines } = await traceIn(
  runtimes,
  Number(values.calls ?? defaultCalls),
  ({ digest, layer, operations, runtime, seconds }) =>
    console.log(
      `${runtime.padEnd(9)} ${layer.padEnd(10)} ${operations} operations ${digest} ${seconds.toFixed(1).padStart(5)} s`
    )
)
if (values.json !== undefined) {
  const told = lines.map(({ digest, layer, operations, runtime }) => ({ runtime, layer, operations, digest }))
  await writeFile(values.json, `${JSON.stringify(told, null, 2)}\n`)
}
for (const difference of differences) console.error(difference)
const digests = new Set(lines.map(({ digest }) => digest)).size
console.log(`trace: ${lines.length} runs, ${digests === 1 ? "one digest" : `${digests} digests`}`)
if (differences.length > 0) process.exitCode = 1
