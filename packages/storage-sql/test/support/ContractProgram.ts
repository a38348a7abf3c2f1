/**
 * The contract of stores over `node:sqlite`, where no test framework runs: each check on a new file in the folder that is the
 * only argument. Prints a JSON object of what went wrong, by the checks' names.
 */
import { contract } from "@keystead/core/storage/Contract"
import * as NodeSqlite from "@keystead/storage-sql/NodeSqlite"
import * as Effect from "effect/Effect"
import { join } from "node:path"

const [folder = ""] = process.argv.slice(2)

const outcomes = await Promise.all(
  contract({ durable: true }).map(async ({ name, run }, index): Promise<readonly [string, string]> => {
    const check = Effect.scoped(run(NodeSqlite.make({ file: join(folder, `${index}.sqlite`) })))
    return [name, await Effect.runPromise(check).then(() => "", String)]
  })
)

console.log(JSON.stringify(Object.fromEntries(outcomes)))
