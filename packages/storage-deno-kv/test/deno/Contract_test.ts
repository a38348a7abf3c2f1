/** The contract of stores on a real Deno KV, in a file. */
import { contract } from "@keystead/core/storage/Contract"
import * as Effect from "effect/Effect"
import { newFile, open } from "./Support.ts"

for (const { name, run } of contract({ durable: true })) {
  Deno.test(name, () => Effect.runPromise(Effect.scoped(run(open(newFile())))))
}
