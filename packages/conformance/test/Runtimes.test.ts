/** Every runtime computes the same, by the core's primitives and by its own. `npm run trace` is the whole of it. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { firstDifference } from "@keystead/conformance/trace/Difference"
import { noble } from "@keystead/conformance/trace/Setting"
import * as Trace from "@keystead/conformance/trace/Trace"
import * as Effect from "effect/Effect"
import { type Running, runtimes } from "./hosts/Runtimes.ts"

const calls = 600
const expected = Effect.runPromise(Trace.run({ primitives: noble, calls }))

for (const { layers, name, present, start } of runtimes) {
  describe.runIf(await present())(name, { timeout: 240_000 }, () => {
    let running: Running
    beforeAll(async () => {
      running = await start()
    }, 240_000)
    afterAll(() => running.close())

    for (const layer of layers) {
      it(`gives the trace's digest by ${layer}`, async () => {
        const traced: Trace.Traced = JSON.parse(await running.ask({ layer, calls }))
        assert.isUndefined(firstDifference(await expected, traced), "npm run trace shows the call")
        assert.strictEqual(traced.digest, (await expected).digest)
      })
    }
  })
}
