/** The same commands, with the same clock and the same seed, give the same bytes: in the store and in the replies. */
import { assert, describe, it } from "@effect/vitest"
import type { Crypto } from "@keystead/core/crypto/Crypto"
import * as Noble from "@keystead/core/crypto/Noble"
import { insecureSeeded } from "@keystead/core/crypto/SeededRandom"
import * as NodeCrypto from "@keystead/runtime-node/NodeCrypto"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { history, replay, type Step, tightLimits } from "../support/Histories.ts"
import { holds, patience } from "../support/Property.ts"
import { records } from "../support/Tamper.ts"
import { makeWorld } from "../support/World.ts"

/** Everything that a history gives, down to the last byte. */
const everything = Effect.fnUntraced(function*(steps: ReadonlyArray<Step>, crypto: Layer.Layer<Crypto>) {
  yield* TestClock.setTime(0)
  const world = yield* makeWorld({ crypto, limits: tightLimits })
  const outcomes = yield* replay(world, steps)
  yield* world.kms.maintain
  return { outcomes, records: yield* records(world), events: world.events() }
})

describe("a seeded history", () => {
  it(
    "gives the same bytes twice, and with every Crypto layer",
    () =>
      holds(history(40), (steps) =>
        Effect.gen(function*() {
          const first = yield* everything(steps, Noble.layer(insecureSeeded("seed")))
          assert.deepStrictEqual(yield* everything(steps, Noble.layer(insecureSeeded("seed"))), first)
          assert.deepStrictEqual(yield* everything(steps, NodeCrypto.layerWith(insecureSeeded("seed"))), first)
        }), { numRuns: 40 }),
    patience
  )

  it.effect("gives others with another seed", () =>
    Effect.gen(function*() {
      const steps: ReadonlyArray<Step> = [{
        caller: 0,
        operation: "CreateKey",
        asking: { key: 0, other: 0, blob: 0, alias: "alias/a", byAlias: false, number: 0, text: "x", dryRun: false }
      }]
      const one = yield* everything(steps, Noble.layer(insecureSeeded("one")))
      const two = yield* everything(steps, Noble.layer(insecureSeeded("two")))
      assert.notDeepEqual(one.outcomes, two.outcomes)
      assert.notDeepEqual(one.records, two.records)
    }))
})
