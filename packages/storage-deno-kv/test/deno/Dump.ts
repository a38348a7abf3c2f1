/** Prints the records of a store in a file, as JSON. */
import * as Effect from "effect/Effect"
import { open } from "./Support.ts"

const [, file = ""] = Deno.args

const records = await Effect.runPromise(
  Effect.scoped(Effect.flatMap(open(file), (storage) => storage.scan({ prefix: "", limit: 1_000_000 })))
)
console.log(JSON.stringify(records.map(({ id, value }) => [id, value])))
