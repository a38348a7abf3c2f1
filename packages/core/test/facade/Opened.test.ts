import { assert, describe, it } from "@effect/vitest"
import type * as Explain from "@keystead/core/Explain"
import { open } from "@keystead/core/facade/Opened"
import type * as Kms from "@keystead/core/Kms"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

describe("opening the services of a layer", () => {
  it("leaves nothing open if they cannot be had, and rejects with the layer's error", async () => {
    const told: Array<string> = []
    const store = Effect.acquireRelease(
      Effect.sync(() => told.push("opened")),
      () => Effect.sync(() => told.push("closed"))
    )
    const broken: Layer.Layer<Kms.Kms | Explain.Explain, string> = Layer.effectContext(
      Effect.andThen(store, Effect.fail("broken"))
    )
    const outcome = await open(broken).then(() => "open", (error: unknown) => error)
    assert.strictEqual(outcome, "broken")
    assert.deepStrictEqual(told, ["opened", "closed"])
  })
})
