/** The behaviour suite in every runtime, each over its own `openKms`: what its line of the table says it can do, and no more. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { type Capabilities, runtimes as table } from "@keystead/conformance/behaviour/Capabilities"
import { suite } from "@keystead/conformance/behaviour/Suite"
import { runtimes } from "./hosts/Runtimes.ts"
import type { Verdict } from "./hosts/Target.ts"

for (const { name, present, start } of runtimes) {
  describe.runIf(await present())(name, () => {
    const can: Capabilities = table[name].can
    const verdicts = new Map<string, Verdict>()
    beforeAll(async () => {
      const running = await start()
      try {
        const judged: ReadonlyArray<Verdict> = JSON.parse(await running.ask("suite"))
        for (const verdict of judged) verdicts.set(verdict.name, verdict)
      } finally {
        await running.close()
      }
    }, 240_000)

    for (const check of suite(can)) {
      it(check.name, () => {
        assert.deepStrictEqual(verdicts.get(check.name), { name: check.name })
      })
    }
  })
}
