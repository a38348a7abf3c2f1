/** A short run of the fuzzer: `npm run fuzz` has the long ones. */
import { assert, describe, it } from "@effect/vitest"
import { fuzz, type Tally } from "../support/Fuzz.ts"
import { examples, patience } from "../support/Property.ts"

describe("bad input", () => {
  it("ends in a valid reply or a typed error, and after an error the store is as it was", async () => {
    const tally: Tally = new Map()
    await fuzz(examples(12), Date.now() % 2 ** 31, tally)
    assert.isAbove(tally.get("a reply") ?? 0, 100)
    assert.isAbove(tally.get("ValidationException") ?? 0, 100)
    // What is rarer differs from seed to seed.
    assert.isAbove(tally.size, 5)
  }, patience)
})
