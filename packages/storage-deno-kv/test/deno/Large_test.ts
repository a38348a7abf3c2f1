/** Large commits on a real Deno KV. */
import * as Effect from "effect/Effect"
import { largeCommits } from "../support/LargeCommits.ts"
import { newFile, open } from "./Support.ts"

Deno.test("large commits over several handles are seen as a whole or not at all, and none is lost", () =>
  Effect.runPromise(Effect.scoped(largeCommits(open(newFile())))))
